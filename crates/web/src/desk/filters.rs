//! `POST /desk/filters`: a filter of the board under a name, for whoever keeps it. The filter itself is an address,
//! which can be mailed; the name is only a shorter way to it.

use flow::house::House;
use store::board_filters;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};

/// An address of the board and what it is to be called.
pub struct Kept {
    name: String,
    address: String,
}

impl Form for Kept {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let board = |address: &str| {
            let is_ours = address == "/desk" || address.starts_with("/desk?");
            let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic()) && !address.contains('#');
            (is_ours && is_plain && address.len() <= 500).then(|| address.to_owned())
        };
        let name = fields.needed_line("name")?;
        if name.chars().count() > 60 {
            return Err(WebError::Refused("refused-long"));
        }
        Ok(Self { name, address: fields.word("address", board)? })
    }
}

pub async fn keep(house: House, may: May<WorkDesk>, (): (), kept: Kept) -> Result<Onward, WebError> {
    let (of, now) = (may.who.officer.id, house.now());
    house
        .write("keep a filter", async |tx| board_filters::keep(tx, of, &kept.name, &kept.address, now).await)
        .await?;
    Ok(Onward::to(format!("{}#rows", kept.address)))
}

/// Which filter.
pub struct Named(String);

impl Form for Named {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.needed_line("name")?))
    }
}

/// `POST /desk/filters/forget`.
pub async fn forget(
    house: House,
    may: May<WorkDesk>,
    (): (),
    Named(name): Named,
) -> Result<Onward, WebError> {
    let of = may.who.officer.id;
    match house.write("forget a filter", async |tx| board_filters::forget(tx, of, &name).await).await? {
        true => Ok(Onward::to("/desk#rows")),
        false => Err(WebError::NotFound),
    }
}
