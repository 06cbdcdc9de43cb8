//! The law as a table, for whoever reads law and not programs.

use domain::disclosure::{Circumstances, Class, Kind, Purpose};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::Date;

use crate::{Gate, Question, Verdict, When};

/// One cell: what a recipient gets of a class on a day, when as much is so as the row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    pub class: Class,
    /// The circumstances that make the difference; the first row of a class and kind has none.
    pub given: Circumstances,
    pub verdict: Verdict,
}

/// Who gets what from `sender` on `day`: for each kind of recipient and each class what goes when nothing else is
/// so, and what each circumstance that the rules ask for adds to it, in the order of the manifest, the classes and the
/// given. Asked under TLP:CLEAR and to warn, where only the law narrows.
pub fn who_gets_what(gate: &Gate, sender: &str, day: Date) -> Vec<Row> {
    let mut rows = Vec::new();
    for row in gate.rules().kinds() {
        let kind = Kind::new(&row.code);
        for class in Class::ALL {
            let ask = |given: Circumstances| {
                gate.decide(&Question {
                    sender,
                    kind: &kind,
                    class,
                    tlp: Tlp::Clear,
                    pap: None,
                    caveat: domain::disclosure::Caveat::None,
                    owner: "",
                    purpose: Purpose::Warn,
                    through: Channel::Platform,
                    given,
                    count: Some(100),
                    when: When::on(day),
                })
            };
            let plain = ask(Circumstances::NONE);
            let mut found = vec![(Circumstances::NONE, plain.clone())];
            for given in gate.rules().could_be(sender, day, &row.code, class) {
                let verdict = ask(given);
                let is_part = |it: &&(Circumstances, Verdict)| it.0.within(given) == it.0;
                let most = found.iter().filter(is_part).map(|it| it.1.form).max().flatten();
                if verdict.form > most {
                    found.push((given, verdict));
                }
            }
            rows.extend(found.into_iter().map(|(given, verdict)| Row {
                kind: kind.clone(),
                class,
                given,
                verdict,
            }));
        }
    }
    rows
}
