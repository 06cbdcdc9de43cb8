// The main tasks, without script and with it.

export async function tasks() {}
