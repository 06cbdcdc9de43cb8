//! `GET /`: to where this visitor works.

use flow::house::House;
use store::officers::Role;
use store::sign_in::SignedIn;

use crate::WebError;
use crate::may::{Anybody, May, Onward};
use crate::tables::address;
use crate::visit::Visit;

pub async fn page(_: House, may: May<Anybody>, (): (), (): ()) -> Result<Onward, WebError> {
    Ok(Onward::to(home(may.visit())))
}

/// The first page after signing in.
pub(crate) fn home(visit: &Visit) -> &'static str {
    match &visit.who {
        None => "/sign-in",
        Some(SignedIn::Contact { .. }) => "/my",
        Some(SignedIn::Officer { role, .. }) => match role {
            Role::Analyst | Role::DutyOfficer => "/desk",
            Role::Administrator => "/desk/shelf",
            Role::Supervisor => "/desk/figures",
        },
    }
}

/// To the sign-in page, and back here afterwards.
pub(crate) fn to_sign_in(visit: &Visit) -> Onward {
    Onward::to(address("/sign-in", &[("back", visit.path())]))
}
