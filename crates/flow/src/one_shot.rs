//! Matching without a database: an inventory and papers in, hits out.
//!
//! The same words, ranges and certainties as in the house, for whoever wants to try it on an own list
//! before joining, or to run it in a pipeline. What nobody could match is said too: a paper without
//! products, a line that no paper and no catalogue knows.

use std::collections::{BTreeSet, HashMap};

use domain::advisory::Content;
use domain::asset::marks;
use domain::exposure::{Certainty, Why};
use domain::matching::index::Statements;
use domain::matching::products::Matcher;
use domain::product::{Catalogue, Mark};
use formats::inventory_table::Line;
use formats::rules::{self, Refused};
use formats::{Hint, Status, Unreadable};

use crate::products::propose;

/// Papers that were read, ready to be held against inventories.
#[derive(Debug)]
pub struct Papers {
    catalogue: Catalogue,
    said: Vec<Said>,
}

/// What one paper says about one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    document: String,
    vulnerability: String,
    /// Its products, and nothing else.
    content: Content,
}

/// That a line of an inventory is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    pub line: &'a Line,
    pub document: &'a str,
    pub vulnerability: &'a str,
    pub certainty: Certainty,
    pub why: Why,
}

/// A paper in which nothing can be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nameless<'a> {
    pub document: &'a str,
    pub vulnerability: &'a str,
}

impl Papers {
    /// No papers yet, and the catalogue that ships.
    ///
    /// # Errors
    /// When that catalogue cannot be read, which a test rules out.
    pub fn new() -> Result<Self, Refused> {
        let catalogue = rules::catalogue(rules::CATALOGUE)?.catalogue([]);
        Ok(Self { catalogue, said: Vec::new() })
    }

    /// Takes in a paper, under the name by which hits call it. Gives how many vulnerabilities it speaks
    /// about. What was withdrawn says nothing any more.
    ///
    /// # Errors
    /// When nothing of it can be understood.
    pub fn take(&mut self, document: &str, bytes: &[u8]) -> Result<usize, Unreadable> {
        let paper = formats::read(bytes, Hint { file_name: Some(document), ..Hint::default() })?.it;
        let statements = paper.statements();
        for said in statements.iter().filter(|said| said.advisory.status != Status::Withdrawn) {
            for line in said.products {
                propose(&mut self.catalogue, line);
            }
            let content = Content { products: said.products.to_vec(), ..Content::default() };
            let (document, vulnerability) = (document.to_owned(), said.vulnerability.to_owned());
            self.said.push(Said { document, vulnerability, content });
        }
        Ok(statements.len())
    }

    /// Papers that name no product. Each is work for a person.
    pub fn nameless(&self) -> impl Iterator<Item = Nameless<'_>> {
        let nameless = self.said.iter().filter(|said| !has_product(&said.content));
        nameless.map(|said| Nameless { document: &said.document, vulnerability: &said.vulnerability })
    }

    /// Whether any paper or the catalogue knows what stands in a line.
    pub fn knows(&self, line: &Line) -> bool {
        !self.catalogue.meanings(&line.name, &marks_of(line)).is_empty()
    }

    /// Everything in `lines` that is concerned, in the order of the lines, and for each in the order of
    /// the papers.
    pub fn hits<'a>(&'a self, lines: &'a [Line]) -> Vec<Hit<'a>> {
        let numbered = (0_u32..).zip(&self.said).map(|(number, said)| (number, &said.content));
        let statements = Statements::of(numbered, &self.catalogue);
        let mut matchers: HashMap<u32, Matcher<'_>> = HashMap::new();
        let mut hits = Vec::new();
        for line in lines {
            let (marks, version) = (marks_of(line), line.version.as_ref());
            let (mut concerning, mut asked) = (BTreeSet::<u32>::new(), BTreeSet::<u32>::new());
            let found = |said, _| concerning.extend([said]);
            let ask = |said| asked.extend([said]);
            statements.about(&self.catalogue, &line.name, &marks, version, found, ask);
            for number in concerning.union(&asked).copied() {
                let Some(said) = usize::try_from(number).ok().and_then(|place| self.said.get(place)) else {
                    continue;
                };
                let matcher =
                    matchers.entry(number).or_insert_with(|| Matcher::new(&said.content, &self.catalogue));
                let Some(hit) = matcher.hit_of(&line.name, &marks, version, &self.catalogue) else {
                    continue;
                };
                let (document, vulnerability) = (said.document.as_str(), said.vulnerability.as_str());
                hits.push(Hit { line, document, vulnerability, certainty: hit.certainty, why: hit.why });
            }
        }
        hits
    }
}

fn has_product(content: &Content) -> bool {
    content.products.iter().any(|line| !line.name.says_nothing() || !line.marks.is_empty())
}

fn marks_of(line: &Line) -> Vec<Mark> {
    marks(line.cpe.as_deref(), line.purl.as_deref(), line.order_number.as_deref())
}
