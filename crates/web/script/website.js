// Hides what does not match what is typed. Without this file the list is whole, and so is the page.
const filter = document.querySelector('[data-filter]');
if (filter) {
  const rows = [...document.querySelectorAll('[data-row]')];
  const none = document.querySelector('[data-none]');
  filter.hidden = false;
  filter.querySelector('input').addEventListener('input', (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    none.hidden = rows.some((row) => !row.hidden);
  });
}
