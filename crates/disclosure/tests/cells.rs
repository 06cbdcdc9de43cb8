//! The tables of `domain.md` 7.4 and 7.5, cell by cell, written from them and not from our rules: a line is a
//! cell, or one of the conditions that a cell names. Each is asked on the first and the last day of its law, so that a
//! law that begins a day early or ends a day late is seen.
//!
//! `F` FULL, `R` REDACTED, `A` AGGREGATE, `-` NONE; `?` that a person must release, which is so where the table has a
//! question mark, where its basis is from memory, and where 2.5 says that nobody saw the text. Numbers (`D2`) name
//! nobody and need no law, so they have no question mark where a rule says so.

#![expect(clippy::unwrap_used, reason = "a cell that cannot be asked fails its test")]

use disclosure::{
    Caveat, Circumstance, Circumstances, Class, Form, Gate, Kind, Purpose, Question, Request, Verdict, When,
    WhyNot, shipped_register,
};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::Date;
use serde_json::json;

/// 7.4. Recipient, class, what is so; A until 30 November 2022, B until 14 August 2026, C.
const NATIONAL: &str = "
# The entity in law, about itself. A, B: art. 3(1); C: art. 16, NIS2 11(3)(b).
CI    D0   .                                         F    F    F
CI    D1   .                                         F    F    F
CI    D2   .                                         F    F    F
CI    D3   .                                         F    F    F
CI    D4   .                                         -    -    -
CI    D4   subject                                   F    F    F
CI    D5   .                                         R    R    R
CI    D6   .                                         R    R    R
CI    D7   .                                         -    -    -
CI    D7   subject                                   F    F    F
CI    D8   .                                         -    -    -
CI    D8   subject                                   F    F    F
CI    D9   subject                                   -    -    -
CI    D10  .                                         -    -    -
CI    D11  .                                         -    -    -
GOV   D0   .                                         F    F    F
GOV   D1   .                                         F    F    F
GOV   D2   .                                         F    F    F
GOV   D3   .                                         F    F    F
GOV   D4   .                                         -    -    -
GOV   D4   subject                                   F    F    F
GOV   D5   .                                         R    R    R
GOV   D6   .                                         R    R    R
GOV   D7   .                                         -    -    -
GOV   D7   subject                                   F    F    F
GOV   D8   .                                         -    -    -
GOV   D8   subject                                   F    F    F
GOV   D9   subject                                   -    -    -
GOV   D10  .                                         -    -    -
GOV   D11  .                                         -    -    -

# Another provider: nothing before art. 3(2)(e), then only in danger and where nobody links it; C is not read.
NV    D0   .                                         F    F    F
NV    D1   .                                         -    R    R
NV    D2   .                                         F    F    F
NV    D3   .                                         R    R    R
NV    D4   .                                         -    -    -
NV    D4   subject                                   -    -    F?
NV    D4   subject+continuity                        -    F    F?
NV    D4   subject+continuity+linked                 -    -    F?
NV    D4   continuity                                -    -    -
NV    D4   subject+linked                            -    -    F?
NV    D5   .                                         -    -    -
NV    D6   .                                         -    -    -
NV    D5   continuity                                -    -    -
NV    D7   .                                         -    -    -
NV    D7   subject                                   F    F    F
NV    D8   .                                         -    -    -
NV    D8   subject                                   F    F    F
NV    D9   subject                                   -    -    -
NV    D10  subject                                   -    -    -
NV    D11  subject                                   -    -    -

# A team whose designation is in force: its own group and nobody else. Articles 16 and 20 were not read; of C nothing.
CCT   D0   designated                                F    F    F
CCT   D1   designated                                F    F    F?
CCT   D2   designated                                F    F    F
CCT   D3   designated                                F    F    F?
CCT   D4   designated+designated_for                 -    -    -
CCT   D5   designated+designated_for                 F?   F?   F?
CCT   D6   designated+designated_for                 F?   F?   F?
CCT   D5   designated                                -    -    -
CCT   D6   designated                                A    A    A
CCT   D7   designated+designated_for+needed          F?   F?   F?
CCT   D7   designated+designated_for                 -    -    -
CCT   D7   designated+needed                         -    -    -
CCT   D8   designated                                R    R    R?
CCT   D8   designated+consented                      F    F    F?
CCT   D9   designated+designated_for                 -    -    -
CCT   D10  designated+designated_for                 -    -    -
CCT   D11  designated+designated_for                 -    -    -

# A team that is not designated yet: Z-CERT on 12 January 2020. No names, and numbers instead of the list.
CCT   D0   .                                         F    F    F
CCT   D1   .                                         R    R    R?
CCT   D2   .                                         F    F    F
CCT   D3   .                                         R    R    R?
CCT   D4   .                                         -    -    -
CCT   D5   .                                         -    -    -
CCT   D6   .                                         A    A    A
CCT   D7   .                                         -    -    -
CCT   D7   needed                                    -    -    -
CCT   D8   .                                         -    -    -
CCT   D8   consented                                 -    -    -
CCT   D10  .                                         -    -    -
CCT   D11  .                                         -    -    -
CCT   D5   own_group                                 -    -    -
CCT   D6   own_group                                 A    A    A

# A link organisation: numbers in A, its own group in B when it is designated; of C nothing was read.
OK    D0   .                                         F    F    F
OK    D1   .                                         R    R    R?
OK    D2   .                                         F    F    F
OK    D3   .                                         R    F    F?
OK    D4   .                                         -    -    -
OK    D5   .                                         -    -    -
OK    D6   .                                         A    A    A
OK    D5   designated                                -    -    -
OK    D6   designated                                A    A    A
OK    D5   designated+designated_for                 -    F    F?
OK    D6   designated+designated_for                 A    F    F?
OK    D5   own_group                                 -    -    -
OK    D6   own_group                                 A    A    A
OK    D7   .                                         -    -    -
OK    D7   designated+designated_for+needed          -    F?   -
OK    D7   needed                                    -    -    -
OK    D7   designated+designated_for                 -    -    -
OK    D8   .                                         R    R    R?
OK    D8   consented                                 R    R    R?
OK    D10  .                                         -    -    -
OK    D11  .                                         -    -    -

# A CSIRT of the directive: art. 3(2)(b), 20(2)(a), from memory, so a person each time.
CS    D0   .                                         F    F    F
CS    D1   .                                         F?   F?   F?
CS    D2   .                                         F?   F?   F?
CS    D3   .                                         F?   F?   F?
CS    D4   .                                         -    -    -
CS    D5   .                                         -    -    -
CS    D6   .                                         -    -    -
CS    D5   own_group                                 F?   F?   F?
CS    D6   own_group                                 F?   F?   F?
CS    D7   .                                         -    -    -
CS    D7   own_group+needed                          F?   F?   F?
CS    D7   needed                                    -    -    -
CS    D8   .                                         -    -    -
CS    D8   cross_sector                              F?   F?   F?
CS    D10  own_group                                 -    -    -
CS    D11  own_group                                 -    -    -

# An internet provider, to inform its users: art. 3(2)(d), from memory.
ISP   D0   .                                         F    F    F
ISP   D1   .                                         R?   R?   R?
ISP   D2   .                                         F?   F?   F?
ISP   D3   .                                         F?   F?   F?
ISP   D4   .                                         -    -    -
ISP   D5   .                                         -    -    -
ISP   D6   .                                         -    -    -
ISP   D5   own_space                                 R?   R?   R?
ISP   D6   own_space                                 R?   R?   R?
ISP   D7   .                                         -    -    -
ISP   D7   own_space                                 R?   R?   R?
ISP   D8   .                                         -    -    -
ISP   D8   own_space                                 -    -    -

# The services: a person always.
SVC   D0   .                                         F    F    F
SVC   D1   .                                         F?   F?   F?
SVC   D2   .                                         F?   F?   F?
SVC   D3   .                                         F?   F?   F?
SVC   D4   .                                         -    -    -
SVC   D5   .                                         F?   F?   F?
SVC   D6   .                                         F?   F?   F?
SVC   D7   .                                         F?   F?   F?
SVC   D8   .                                         R?   R?   R?
SVC   D9   .                                         -    -    -
SVC   D10  .                                         -    -    -
SVC   D11  .                                         -    -    -

# The supervisor: names only in the report that the law addresses to it.
AUT   D0   .                                         F    F    F
AUT   D1   .                                         R    R    R
AUT   D2   .                                         F    F    F
AUT   D3   .                                         R    R    R
AUT   D4   .                                         -    -    -
AUT   D5   .                                         -    -    -
AUT   D6   .                                         -    -    -
AUT   D5   mandatory                                 -    -    -
AUT   D7   .                                         -    -    -
AUT   D8   .                                         -    -    -
AUT   D8   mandatory                                 F    F    F
AUT   D8   own_choice                                -    -    -
AUT   D10  .                                         -    -    -
AUT   D11  .                                         -    -    -
AUT   D11  mandatory                                 -    -    -

# The data protection authority hears from the organisation itself, and not from us.
AP    D0   .                                         F    F    F
AP    D1   .                                         -    -    -
AP    D2   .                                         F    F    F
AP    D3   .                                         -    -    -
AP    D4   .                                         -    -    -
AP    D5   .                                         -    -    -
AP    D6   .                                         -    -    -
AP    D7   .                                         -    -    -
AP    D8   .                                         -    -    -
AP    D10  .                                         -    -    -
AP    D11  .                                         -    -    -
AP    D8   mandatory                                 -    -    -

# A foreign team: what lies in its country.
FC    D0   .                                         F    F    F
FC    D1   .                                         R    R    R
FC    D2   .                                         F    F    F
FC    D3   .                                         F    F    F
FC    D4   .                                         -    -    -
FC    D5   .                                         -    -    -
FC    D6   .                                         -    -    -
FC    D5   own_country                               R    R    R
FC    D6   own_country                               R    R    R
FC    D7   .                                         -    -    -
FC    D7   own_country                               R?   R?   R?
FC    D8   .                                         R    R    R
FC    D8   cross_border                              F    F    F
FC    D10  own_country                               -    -    -
FC    D11  own_country                               -    -    -

# A finder: numbers about its own set, and never whose.
FI    D0   .                                         F    F    F
FI    D1   .                                         -    -    -
FI    D2   .                                         -    -    -
FI    D2   own_set                                   A    A    A
FI    D3   .                                         -    -    -
FI    D4   .                                         -    -    -
FI    D5   .                                         -    -    -
FI    D5   own_set                                   -    -    -
FI    D6   own_set                                   -    -    -
FI    D7   own_set                                   -    -    -
FI    D8   own_set                                   -    -    -

# A vendor: names only where each agreed.
VE    D0   .                                         F    F    F
VE    D1   .                                         -    -    -
VE    D1   co_ordinated                              F    F    F
VE    D2   .                                         A    A    A
VE    D3   .                                         R    R    R
VE    D4   .                                         -    -    -
VE    D5   .                                         -    -    -
VE    D5   consented                                 F    F    F
VE    D6   .                                         A    A    A
VE    D6   consented                                 F    F    F
VE    D7   .                                         -    -    -
VE    D7   consented                                 -    -    -
VE    D8   .                                         R    R    R

# Police and prosecution: nothing that names anybody without an order; a person.
POL   D0   .                                         F    F    F
POL   D1   .                                         R?   R?   R?
POL   D2   .                                         F    F    F
POL   D3   .                                         R?   R?   R?
POL   D4   .                                         -    -    -
POL   D5   .                                         -    -    -
POL   D5   ordered                                   F?   F?   F?
POL   D6   .                                         -    -    -
POL   D6   ordered                                   F?   F?   F?
POL   D7   .                                         -    -    -
POL   D7   ordered                                   -    -    -
POL   D8   .                                         -    -    -
POL   D8   ordered                                   F?   F?   F?

# Ministry and parliament: accountability is no ground for names; what the organisation itself made known is.
MIN   D0   .                                         F    F    F
MIN   D1   .                                         R    R    R
MIN   D2   .                                         A    A    A
MIN   D3   .                                         -    -    -
MIN   D4   .                                         -    -    -
MIN   D5   .                                         -    -    -
MIN   D5   own_statement                             F    F    F
MIN   D6   .                                         -    -    -
MIN   D6   own_statement                             F    F    F
MIN   D7   .                                         -    -    -
MIN   D7   own_statement                             -    -    -
MIN   D8   .                                         A    A    A
MIN   D8   own_statement                             A    A    A
MIN   D10  .                                         -    -    -

# Another participant.
PEER  D0   .                                         F    F    F
PEER  D1   .                                         R    R    R
PEER  D2   .                                         A    A    A
PEER  D3   .                                         F    F    F
PEER  D4   .                                         -    -    -
PEER  D5   .                                         -    -    -
PEER  D6   .                                         -    -    -
PEER  D7   .                                         -    -    -
PEER  D8   .                                         R    R    R
PEER  D10  .                                         -    -    -
PEER  D11  .                                         -    -    -

# Everybody.
PUB   D0   .                                         F    F    F
PUB   D1   .                                         -    -    -
PUB   D2   .                                         A    A    A
PUB   D3   .                                         R    R    R
PUB   D4   .                                         -    -    -
PUB   D5   .                                         -    -    -
PUB   D6   .                                         -    -    -
PUB   D7   .                                         -    -    -
PUB   D8   .                                         -    -    -
PUB   D9   .                                         -    -    -
PUB   D10  .                                         -    -    -
PUB   D11  .                                         -    -    -
PUB   D5   consented                                 -    -    -
PUB   D8   own_statement                             -    -    -
PUB   D11  own_statement                             -    -    -

# Beyond the table, and meant: whom it is about agreed to a look at one system; a finder hears what became of its own bytes.
FI    D5   consented                                 F    F    F
CS    D5   consented                                 F    F    F
CCT   D5   consented                                 F    F    F
OK    D5   consented                                 F    F    F
FC    D5   consented                                 F    F    F
FI    D4   subject                                   F    F    F
";

/// 7.5. Sender, recipient, class, what is so; what goes, from 2018 on.
const OTHERS: &str = "
# The member about itself: agreement, public task.
sectoral     S     D0   member+subject            F
sectoral     S     D1   member                    F
sectoral     S     D4   member+subject            F
sectoral     S     D4   member                    -
sectoral     S     D5   member+subject            -
sectoral     S     D6   member+subject            -
sectoral     S     D8   member+subject            F
sectoral     S     D8   member                    -
sectoral     S     D10  member+subject            F
sectoral     S     D10  member                    -
sectoral     S     D11  member+subject            F
sectoral     S     D11  member                    -
sectoral     S     D4   subject                   -
sectoral     S     D1   .                         -
sectoral     CI    D0   member+subject            F
sectoral     CI    D1   member                    F
sectoral     CI    D4   member+subject            F
sectoral     CI    D4   member                    -
sectoral     CI    D5   member+subject            -
sectoral     CI    D6   member+subject            -
sectoral     CI    D8   member+subject            F
sectoral     CI    D8   member                    -
sectoral     CI    D10  member+subject            F
sectoral     CI    D10  member                    -
sectoral     CI    D11  member+subject            F
sectoral     CI    D11  member                    -
sectoral     CI    D4   subject                   -
sectoral     CI    D1   .                         -
sectoral     GOV   D0   member+subject            F
sectoral     GOV   D1   member                    F
sectoral     GOV   D4   member+subject            F
sectoral     GOV   D4   member                    -
sectoral     GOV   D5   member+subject            -
sectoral     GOV   D6   member+subject            -
sectoral     GOV   D8   member+subject            F
sectoral     GOV   D8   member                    -
sectoral     GOV   D10  member+subject            F
sectoral     GOV   D10  member                    -
sectoral     GOV   D11  member+subject            F
sectoral     GOV   D11  member                    -
sectoral     GOV   D4   subject                   -
sectoral     GOV   D1   .                         -
sectoral     NV    D0   member+subject            F
sectoral     NV    D1   member                    F
sectoral     NV    D4   member+subject            F
sectoral     NV    D4   member                    -
sectoral     NV    D5   member+subject            -
sectoral     NV    D6   member+subject            -
sectoral     NV    D8   member+subject            F
sectoral     NV    D8   member                    -
sectoral     NV    D10  member+subject            F
sectoral     NV    D10  member                    -
sectoral     NV    D11  member+subject            F
sectoral     NV    D11  member                    -
sectoral     NV    D4   subject                   -
sectoral     NV    D1   .                         -

# A supplier within the mandate of a member.
sectoral     S     D0   mandated                  F
sectoral     S     D1   mandated                  R
sectoral     S     D4   mandated                  F
sectoral     S     D5   mandated                  -
sectoral     S     D6   mandated                  -
sectoral     S     D8   mandated                  -
sectoral     S     D10  mandated                  F
sectoral     S     D11  mandated                  F
sectoral     S     D4   .                         -
sectoral     S     D10  .                         -
sectoral     S     D11  .                         -

# The national team.
sectoral     CS    D0   national                  F
sectoral     CS    D1   national                  F
sectoral     CS    D4   national                  -
sectoral     CS    D5   national                  R
sectoral     CS    D5   national+requested        F
sectoral     CS    D5   national+consented        F
sectoral     CS    D6   national                  R
sectoral     CS    D6   national+requested        F
sectoral     CS    D6   national+consented        F
sectoral     CS    D8   national                  R
sectoral     CS    D8   national+mandatory        F
sectoral     CS    D10  national                  A
sectoral     CS    D11  national                  A

# The team of another sector.
sectoral     CS    D0   .                         F
sectoral     CS    D1   .                         F
sectoral     CS    D4   .                         -
sectoral     CS    D5   .                         -
sectoral     CS    D5   shared_incident           F
sectoral     CS    D6   .                         -
sectoral     CS    D6   shared_incident           F
sectoral     CS    D8   .                         R
sectoral     CS    D10  .                         -
sectoral     CS    D11  .                         -
sectoral     CS    D10  shared_incident           -
sectoral     CCT   D0   .                         F
sectoral     CCT   D1   .                         F
sectoral     CCT   D4   .                         -
sectoral     CCT   D5   .                         -
sectoral     CCT   D5   shared_incident           F
sectoral     CCT   D6   .                         -
sectoral     CCT   D6   shared_incident           F
sectoral     CCT   D8   .                         R
sectoral     CCT   D10  .                         -
sectoral     CCT   D11  .                         -
sectoral     CCT   D10  shared_incident           -

# Link organisations and foreign teams have no row in 7.5: no names.
sectoral     OK    D5   .                         -
sectoral     OK    D5   shared_incident           -
sectoral     OK    D6   .                         -
sectoral     OK    D6   shared_incident           -
sectoral     OK    D8   .                         -
sectoral     OK    D10  .                         -
sectoral     OK    D11  .                         -
sectoral     FC    D5   .                         -
sectoral     FC    D5   shared_incident           -
sectoral     FC    D6   .                         -
sectoral     FC    D6   shared_incident           -
sectoral     FC    D8   .                         -
sectoral     FC    D10  .                         -
sectoral     FC    D11  .                         -

# The supervisor.
sectoral     AUT   D0   .                         F
sectoral     AUT   D1   .                         -
sectoral     AUT   D4   .                         -
sectoral     AUT   D5   .                         -
sectoral     AUT   D6   .                         -
sectoral     AUT   D8   .                         -
sectoral     AUT   D8   mandatory                 F
sectoral     AUT   D8   own_choice                -
sectoral     AUT   D10  .                         -
sectoral     AUT   D11  .                         A
sectoral     AUT   D11  mandatory                 A

# The ministry.
sectoral     MIN   D0   .                         F
sectoral     MIN   D1   .                         -
sectoral     MIN   D4   .                         -
sectoral     MIN   D5   .                         -
sectoral     MIN   D6   .                         -
sectoral     MIN   D8   .                         A
sectoral     MIN   D10  .                         -
sectoral     MIN   D11  .                         A

# The umbrella of the sector.
sectoral     UMB   D0   .                         F
sectoral     UMB   D1   .                         -
sectoral     UMB   D4   .                         -
sectoral     UMB   D5   .                         -
sectoral     UMB   D6   .                         -
sectoral     UMB   D8   .                         -
sectoral     UMB   D10  .                         -
sectoral     UMB   D11  .                         A

# An organisation to its team: its own decision.
participant  CCT   D4   owner_sends               F
participant  CCT   D4   .                         -
participant  CCT   D8   owner_sends               F
participant  CCT   D8   .                         -
participant  CCT   D10  owner_sends               F
participant  CCT   D10  .                         -
participant  CCT   D11  owner_sends               F
participant  CCT   D11  .                         -
participant  CCT   D5   owner_sends               -
participant  CCT   D6   owner_sends               -

# And to whoever supervises or prosecutes: its own choice, or its duty.
participant  AUT   D4   owner_sends+own_choice    F
participant  AUT   D4   owner_sends               -
participant  AUT   D4   own_choice                -
participant  AUT   D8   owner_sends+own_choice    F
participant  AUT   D8   owner_sends               -
participant  AUT   D8   own_choice                -
participant  AUT   D10  owner_sends+own_choice    F
participant  AUT   D10  owner_sends               -
participant  AUT   D10  own_choice                -
participant  AUT   D11  owner_sends+own_choice    F
participant  AUT   D11  owner_sends               -
participant  AUT   D11  own_choice                -
participant  AUT   D8   owner_sends+mandatory     F
participant  AUT   D5   owner_sends+own_choice    -
participant  AP    D4   owner_sends+own_choice    F
participant  AP    D4   owner_sends               -
participant  AP    D4   own_choice                -
participant  AP    D8   owner_sends+own_choice    F
participant  AP    D8   owner_sends               -
participant  AP    D8   own_choice                -
participant  AP    D10  owner_sends+own_choice    F
participant  AP    D10  owner_sends               -
participant  AP    D10  own_choice                -
participant  AP    D11  owner_sends+own_choice    F
participant  AP    D11  owner_sends               -
participant  AP    D11  own_choice                -
participant  AP    D8   owner_sends+mandatory     F
participant  AP    D5   owner_sends+own_choice    -
participant  POL   D4   owner_sends+own_choice    F
participant  POL   D4   owner_sends               -
participant  POL   D4   own_choice                -
participant  POL   D8   owner_sends+own_choice    F
participant  POL   D8   owner_sends               -
participant  POL   D8   own_choice                -
participant  POL   D10  owner_sends+own_choice    F
participant  POL   D10  owner_sends               -
participant  POL   D10  own_choice                -
participant  POL   D11  owner_sends+own_choice    F
participant  POL   D11  owner_sends               -
participant  POL   D11  own_choice                -
participant  POL   D8   owner_sends+mandatory     -
participant  POL   D5   owner_sends+own_choice    -

# A finder to a team: a set with its method and its proof.
finder       CS    D5   proven                    F
finder       CS    D5   .                         -
finder       CS    D6   proven                    F
finder       CS    D6   .                         -
finder       CCT   D5   proven                    F
finder       CCT   D5   .                         -
finder       CCT   D6   proven                    F
finder       CCT   D6   .                         -
finder       PUB   D6   proven                    -
finder       PEER  D5   proven                    -
finder       MIN   D6   proven                    -
";

/// The four designations of Stcrt. 2020, 4410, asked as somebody writes a question, with the shipped register.
const DESIGNATED: &str = "
# Who, class, about what kind and group; until 30 January 2020, and from the 31st.
z-cert    D1   NV:care               R    F
z-cert    D2   NV:care               F    F
z-cert    D3   NV:care               R    F
z-cert    D5   NV:care               -    F?
z-cert    D6   NV:care               A    F?
z-cert    D8   NV:care               -    R
z-cert    D5   NV:ports              -    -
z-cert    D6   NV:ports              A    A
ibd       D1   GOV:municipalities    R    F
ibd       D2   GOV:municipalities    F    F
ibd       D3   GOV:municipalities    R    F
ibd       D5   GOV:municipalities    -    F?
ibd       D6   GOV:municipalities    A    F?
ibd       D8   GOV:municipalities    -    R
ibd       D5   NV:ports              -    -
ibd       D6   NV:ports              A    A
surfcert  D1   NV:education          R    F
surfcert  D2   NV:education          F    F
surfcert  D3   NV:education          R    F
surfcert  D5   NV:education          -    F?
surfcert  D6   NV:education          A    F?
surfcert  D8   NV:education          -    R
surfcert  D5   NV:ports              -    -
surfcert  D6   NV:ports              A    A
cert-wm   D1   NV:water              R    F
cert-wm   D2   NV:water              F    F
cert-wm   D3   NV:water              R    F
cert-wm   D5   NV:water              -    F?
cert-wm   D6   NV:water              A    F?
cert-wm   D8   NV:water              -    R
cert-wm   D5   NV:ports              -    -
cert-wm   D6   NV:ports              A    A
z-cert    D5   GOV:municipalities    -    -
ibd       D5   NV:care               -    -
z-cert    D7   NV:care               -    -
z-cert    D10  NV:care               -    -
z-cert    D0   NV:care               F    F
";

/// The day before the first law, when nothing has a ground.
const BEFORE: &str = "2018-11-08";
/// First day, a day within, last day; the days around 31 January 2020 are those of a designation and change no law.
const LAWS: [&[&str]; 3] = [
    &["2018-11-09", "2018-11-10", "2020-01-30", "2020-01-31", "2020-02-01", "2022-11-30"],
    &["2022-12-01", "2022-12-02", "2026-08-14"],
    &["2026-08-15", "2026-08-16"],
];

fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let cells = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    cells.map(|line| line.split_whitespace().collect())
}

fn given(words: &str) -> Circumstances {
    let words = words.split('+').filter(|word| *word != ".");
    words.map(|word| Circumstance::of_word(word).unwrap_or_else(|| panic!("{word}"))).collect()
}

fn ask(gate: &Gate, sender: &str, kind: &str, class: &str, words: &str, day: &str) -> Verdict {
    let class = Class::of_code(class).unwrap();
    gate.decide(&Question {
        sender,
        kind: &Kind::new(kind),
        class,
        tlp: Tlp::Clear,
        pap: None,
        caveat: Caveat::None,
        owner: "",
        purpose: Purpose::Warn,
        through: Channel::Platform,
        given: given(words),
        count: (!class.is_of_one()).then_some(100),
        when: When::on(day.parse().unwrap()),
    })
}

/// As a cell writes it.
fn shown(verdict: &Verdict) -> String {
    let form = match verdict.form {
        Some(Form::Full) => "F",
        Some(Form::Redacted) => "R",
        Some(Form::Aggregate) => "A",
        None => "-",
    };
    let person = if verdict.needs_person { "?" } else { "" };
    format!("{form}{person}")
}

/// Collects every cell that is not as it is written, so that one run shows them all.
fn held_against(cells: impl Iterator<Item = (String, String, String)>) -> usize {
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, written, found) in cells {
        count += 1;
        if written != found {
            wrong.push(format!("{name}: the table says {written}, the gate says {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cells:\n{}", wrong.len(), wrong.join("\n"));
    count
}

#[test]
fn the_national_team_gives_what_7_4_says_on_the_first_and_the_last_day_of_each_law() {
    let gate = Gate::shipped();
    let asked = lines(NATIONAL).flat_map(|cell| {
        let [kind, class, words, by_law @ ..] = cell.as_slice() else { panic!("{cell:?}") };
        assert_eq!(by_law.len(), LAWS.len(), "{cell:?}");
        let days = LAWS.iter().zip(by_law).flat_map(|(days, form)| days.iter().map(move |day| (*day, *form)));
        let asked = days.map(|(day, form)| {
            let name = format!("national to {kind}, {class}, {words}, {day}");
            (name, form.to_owned(), shown(&ask(&gate, "national", kind, class, words, day)))
        });
        asked.collect::<Vec<_>>()
    });
    let count = held_against(asked);
    eprintln!("{count} questions about {} cells of 7.4", lines(NATIONAL).count());
    assert!(lines(NATIONAL).count() >= 200);
}

#[test]
fn on_the_day_before_the_first_law_nothing_has_a_ground() {
    let gate = Gate::shipped();
    for cell in lines(NATIONAL) {
        let verdict = ask(&gate, "national", cell[0], cell[1], cell[2], BEFORE);
        assert_eq!(verdict.form, None, "{cell:?}");
        let is_said = matches!(verdict.why_not_more, Some(WhyNot::NoRulesOnThisDay | WhyNot::Never(_)));
        assert!(is_said, "{cell:?}: {:?}", verdict.why_not_more);
    }
}

#[test]
fn the_other_senders_give_what_7_5_says() {
    let gate = Gate::shipped();
    let asked = lines(OTHERS).flat_map(|cell| {
        let [sender, kind, class, words, form] = cell.as_slice() else { panic!("{cell:?}") };
        let days = ["2017-12-31", "2018-01-01", "2020-01-12", "2020-01-31", "2022-12-01", "2026-08-15"];
        let asked = days.map(|day| {
            let written = if day < "2018-01-01" { "-" } else { form };
            let name = format!("{sender} to {kind}, {class}, {words}, {day}");
            (name, written.to_owned(), shown(&ask(&gate, sender, kind, class, words, day)))
        });
        asked.into_iter().collect::<Vec<_>>()
    });
    let count = held_against(asked);
    eprintln!("{count} questions about {} cells of 7.5", lines(OTHERS).count());
}

#[test]
fn a_designation_opens_the_own_group_on_its_first_day_and_nothing_else() {
    let (gate, register) = (Gate::shipped(), shipped_register());
    let asked = lines(DESIGNATED).flat_map(|cell| {
        let [team, class, about, before, after] = cell.as_slice() else { panic!("{cell:?}") };
        let (kind, group) = about.split_once(':').unwrap();
        let request: Request = serde_json::from_value(json!({
            "sender": "ncsc", "recipient": {"kind": "CCT", "id": team}, "class": class,
            "owner": {"kind": kind, "sector": group}, "tlp": "CLEAR", "purpose": "warn",
            "count": (!matches!(*class, "D4" | "D5")).then_some(100),
        }))
        .unwrap();
        let days = ["2020-01-12", "2020-01-13", "2020-01-30", "2020-01-31", "2020-02-01", "2021-01-01"];
        let asked = days.map(|day| {
            let when = When::on(day.parse::<Date>().unwrap());
            let written = if day < "2020-01-31" { before } else { after };
            let name = format!("national to {team}, {class}, about {about}, {day}");
            (name, (*written).to_owned(), shown(&request.ask(&gate, &register, when)))
        });
        asked.into_iter().collect::<Vec<_>>()
    });
    held_against(asked);
}
