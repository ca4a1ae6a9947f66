//! A party of a transaction: an account, a person or an entity, with devices and addresses in networks.

use tutela_model::{TableId, mention, payment_account as account, selector, session};

use super::{Report, known, known_at};
use crate::cite::Origin;
use crate::iso_20022::{self, account_kind};
use crate::issue::Refusal;
use crate::put::{self, BY_NORMAL_FORM, BY_TIME, BY_ZONE};
use crate::sink::{Record, Row};
use crate::source::Span;
use crate::tabular::Cell;
use crate::xml::Node;

/// What money is paid from or to.
pub(super) struct Id {
    text: String,
    kind: &'static str,
    origin: Origin,
}

impl Id {
    pub(super) fn put(&self, record: &mut Record<'_, '_>, column: usize) -> Result<(), Refusal> {
        record.text(column, &self.text, self.origin)
    }
}

/// A party and what is known of it.
pub(super) struct Party<'n> {
    /// The side or the party element.
    pub(super) around: &'n Node,
    account: Option<&'n Node>,
    /// The person or the entity; of an account its first signatory.
    holder: Option<&'n Node>,
    is_entity: bool,
    pub(super) id: Option<Id>,
    pub(super) name: Option<(String, Origin)>,
    word: &'static str,
    prefix: Option<&'static str>,
}

impl<'n> Party<'n> {
    /// The account, person or entity inside an element. `prefix` is `from` or `to` in the two-party form.
    pub(super) fn find(around: &'n Node, prefix: Option<&'static str>, word: &'static str) -> Option<Party<'n>> {
        let child = |name: &str| {
            let plain = around.child(name).or_else(|| around.child(&format!("{name}_my_client")));
            prefix.and_then(|prefix| around.child(&format!("{prefix}_{name}"))).or(plain)
        };
        let account = child("account");
        let signatories =
            || account.into_iter().flat_map(|account| account.children.iter()).filter(|c| c.is("signatory"));
        let is_first = |signatory: &&Node| iso_20022::is_true(signatory.cell_at(&["is_primary"]).text);
        let signatory = signatories().find(is_first).or_else(|| signatories().next());
        let person = child("person").or_else(|| signatory.and_then(|signatory| signatory.child("t_person")));
        let entity = child("entity").or_else(|| account.and_then(|account| account.child("t_entity")));
        let holder = person.or(entity);
        if account.is_none() && holder.is_none() {
            return None;
        }
        let is_entity = person.is_none() && entity.is_some();
        let mut party = Party { around, account, holder, is_entity, id: None, name: None, word, prefix };
        party.id = party.find_id();
        party.name = party.find_name();
        Some(party)
    }

    /// A name alone is no account: many people bear it.
    fn find_id(&self) -> Option<Id> {
        let filled = |cell: Cell<'_>| if cell.is_empty() { None } else { Some((cell.text.to_owned(), cell.origin)) };
        let of_account = |name| self.account.and_then(|account| filled(known_at(account, &[name])));
        if let Some((text, origin)) = of_account("iban").or_else(|| of_account("account")) {
            let normal = selector::payment_account(&text).into_owned();
            let kind = account_kind(&normal);
            let origin = if normal == text { origin } else { origin.by(put::BY_ACCOUNT) };
            return Some(Id { text: normal, kind, origin });
        }
        if let Some((text, origin)) = self.additional("virtual_address").and_then(|node| filled(known(node))) {
            return Some(Id { text, kind: "wallet", origin });
        }
        if let Some((number, country, origin)) = self.document() {
            let text =
                if country.is_empty() { format!("document:{number}") } else { format!("document:{country}:{number}") };
            return Some(Id { text, kind: "document", origin: origin.by("the document and its country") });
        }
        let phone = self.phones().into_iter().next().and_then(|(text, span)| {
            let phone = selector::phone(&text).ok()?;
            Some(Id {
                text: format!("phone:{phone}"),
                kind: "phone",
                origin: Origin::Read(span, "country code and number"),
            })
        });
        phone.or_else(|| {
            let (text, origin) = filled(self.emails().into_iter().next()?)?;
            let email = selector::email(&text).ok()?;
            Some(Id { text: format!("email:{email}"), kind: "email", origin: origin.by(BY_NORMAL_FORM) })
        })
    }

    fn find_name(&self) -> Option<(String, Origin)> {
        let joined = self.holder.filter(|_| !self.is_entity).and_then(|person| {
            let parts: Vec<Cell<'_>> = ["first_name", "last_name"]
                .map(|name| known_at(person, &[name]))
                .into_iter()
                .filter(|c| !c.is_empty())
                .collect();
            let text = parts.iter().map(|cell| cell.text).collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then_some((text, Origin::Read(person.span, "given and family name joined")))
        });
        let paths = [(self.account, "account_name"), (self.holder.filter(|_| self.is_entity), "name")];
        let named = paths.iter().filter_map(|(node, name)| node.map(|node| known_at(node, &[name])));
        joined
            .or_else(|| named.into_iter().find(|cell| !cell.is_empty()).map(|cell| (cell.text.to_owned(), cell.origin)))
    }

    fn document(&self) -> Option<(String, String, Origin)> {
        let holder = self.holder.filter(|_| !self.is_entity)?;
        let identification = holder.find(&["identification"]);
        let choices = [
            (Some(holder), "passport_number", "passport_country"),
            (identification, "number", "issue_country"),
            (Some(holder), "id_number", ""),
            (Some(holder), "ssn", ""),
        ];
        choices.iter().find_map(|(node, number, country)| {
            let node = (*node)?;
            let cell = known_at(node, &[number]);
            let country = known_at(node, &[country]).text.to_owned();
            (!cell.is_empty()).then(|| (cell.text.to_owned(), country, cell.origin))
        })
    }

    fn additional(&self, name: &str) -> Option<&'n Node> {
        let within = self.around.child("transaction_additional_info").or_else(|| self.around.child("additional_info"));
        within.and_then(|info| info.find(&[name])).or_else(|| self.around.child(name))
    }

    fn phones(&self) -> Vec<(String, Span)> {
        let all = self.holder.map(Node::all).unwrap_or_default();
        let phones = all.into_iter().filter(|node| node.child("tph_number").is_some());
        let whole = phones.filter_map(|node| {
            let (prefix, number) = (known_at(node, &["tph_country_prefix"]), known_at(node, &["tph_number"]));
            let prefix = prefix.text.trim_start_matches('+').trim_start_matches("00");
            let is_whole = number.text.starts_with('+') || prefix.is_empty();
            let text = if is_whole { number.text.to_owned() } else { format!("+{prefix}{}", number.text) };
            (!number.is_empty()).then_some((text, node.span))
        });
        whole.collect()
    }

    fn emails(&self) -> Vec<Cell<'n>> {
        let all = self.holder.map(Node::all).unwrap_or_default();
        all.into_iter().filter(|node| node.is("email")).map(known).filter(|cell| !cell.is_empty()).collect()
    }

    /// Who keeps the account: the BIC, else the institution's code or name.
    pub(super) fn provider(&self) -> Option<Cell<'n>> {
        let account = self.account?;
        let names = ["swift", "institution_code", "institution_name"];
        names.iter().map(|name| known_at(account, &[name])).find(|cell| !cell.is_empty())
    }

    /// Where the money was sent from or paid out.
    pub(super) fn country(&self) -> Cell<'n> {
        match self.prefix {
            Some("from") => known_at(self.around, &["from_country"]),
            Some(_) => known_at(self.around, &["to_country"]),
            None => known_at(self.around, &["country"]),
        }
    }

    /// The account, the sessions and the mentions of the party.
    pub(super) fn records(&self, report: &Report, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        if let Some(id) = &self.id {
            row.record(TableId::PaymentAccount, |record| self.put_account(id, record))?;
        }
        let mut devices: Vec<&Node> = self.holder.map(|holder| devices(holder)).unwrap_or_default();
        devices.extend(self.account.map(|account| own_devices(account)).unwrap_or_default());
        devices.extend(self.additional("network_device"));
        for device in devices {
            for address in device.all().into_iter().filter(|node| node.is("ip_address")) {
                self.address(device, address, report, row)?;
            }
        }
        self.mentions(row)?;
        if self.id.is_none() && self.name.is_some() {
            row.note(
                "party",
                "a name alone",
                "an account, a document, a telephone number or an e-mail address to follow",
            );
        }
        Ok(())
    }

    fn put_account(&self, id: &Id, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        if let Some(provider) = self.provider() {
            put::provider(record, account::PROVIDER, &provider)?;
        }
        id.put(record, account::ACCOUNT_REF)?;
        record.text(account::ACCOUNT_KIND, id.kind, id.origin.by("the element it stands in"))?;
        if let Some((text, origin)) = &self.name {
            record.text(account::HOLDER_NAME, text, *origin)?;
        }
        let Some(holder) = self.holder else { return self.put_balance(record) };
        let kind = if self.is_entity { "entity" } else { "person" };
        record.text(account::HOLDER_KIND, kind, Origin::Read(holder.span, "the element of the holder"))?;
        if self.is_entity {
            put::text(record, account::ACTIVITY, &known_at(holder, &["business"]))?;
        }
        let birth = known_at(holder, &["birthdate"]);
        if let Some(day) = iso_20022::read_moment(birth, None)? {
            day.put_day(record, account::BIRTH_DATE)?;
        }
        if let Some((email, origin)) =
            self.emails().first().and_then(|c| Some((selector::email(c.text).ok()?, c.origin)))
        {
            record.text(account::EMAIL, &email, origin.by(BY_NORMAL_FORM))?;
        }
        if let Some((phone, span)) = self.phones().first().and_then(|(t, span)| Some((selector::phone(t).ok()?, *span)))
        {
            record.text(account::PHONE, &phone, Origin::Read(span, "country code and number"))?;
        }
        if let Some(address) = holder.find(&["address"]).filter(|address| !address.children.is_empty()) {
            let names = ["address", "city", "zip", "state", "country_code"];
            let parts = names.iter().map(|name| known_at(address, &[name])).filter(|cell| !cell.is_empty());
            let text = parts.map(|cell| cell.text).collect::<Vec<_>>().join(", ");
            record.text(account::ADDRESS, &text, Origin::Read(address.span, "the parts of the address"))?;
            put::text(record, account::COUNTRY, &known_at(address, &["country_code"]))?;
        }
        if let Some((number, _, origin)) = self.document() {
            record.text(account::DOCUMENT_REF, &number, origin)?;
        }
        self.put_balance(record)
    }

    fn put_balance(&self, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        let Some(account) = self.account else { return Ok(()) };
        let (balance, currency) = (known_at(account, &["balance"]), known_at(account, &["currency_code"]));
        put::currency(record, account::CURRENCY, &currency)?;
        if balance.is_empty() || currency.is_empty() {
            return Ok(());
        }
        put::decimal(record, account::BALANCE, put::read_amount(&balance, '.')?, &balance)?;
        match iso_20022::read_moment(known_at(account, &["date_balance"]), None)? {
            Some(day) => day.put_day(record, account::BALANCE_DATE),
            None => Ok(()),
        }
    }

    /// An address of a device: sessions where the times have a zone, and mentions in any case.
    fn address(&self, device: &Node, node: &Node, report: &Report, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        let cell = Some(known_at(node, &["ipv4"]))
            .filter(|cell| !cell.is_empty())
            .unwrap_or_else(|| known_at(node, &["ipv6"]));
        if cell.is_empty() {
            return Ok(());
        }
        let ip = selector::ip(cell.text).map_err(|error| cell.refuse(error))?.to_string();
        let port_cell = known_at(node, &["cgn_port"]);
        let port = (!port_cell.is_empty())
            .then(|| selector::port(port_cell.text))
            .transpose()
            .map_err(|e| port_cell.refuse(e))?;
        self.mention(row, "ip", &ip, cell.origin.by(BY_NORMAL_FORM))?;
        if let Some(port) = port {
            let text = if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") };
            self.mention(row, "ip_port", &text, Origin::Read(node.span, "address and port joined"))?;
        }
        for name in ["first_seen_date", "last_seen_date"] {
            let seen = known_at(node, &[name]);
            let Some(moment) = iso_20022::read_moment(seen, report.zone.as_ref())? else { continue };
            let (Some(at), Some(id)) = (moment.at, &self.id) else {
                row.note(name, seen.text, "a time with its zone; state the zone in a mapping to get the session");
                continue;
            };
            row.record(TableId::Session, |record| {
                let owner =
                    self.provider().filter(|cell| !cell.is_empty()).unwrap_or_else(|| report.field("rentity_id"));
                put::provider(record, session::PLATFORM, &owner)?;
                id.put(record, session::ACCOUNT_REF)?;
                record.instant(session::AT_UTC, at.micros, seen.origin.by(BY_TIME))?;
                record.text(session::ZONE_ORIGIN, at.zone_origin, Origin::Rule(BY_ZONE))?;
                record.text(session::IP, &ip, cell.origin.by(BY_NORMAL_FORM))?;
                if let Some(port) = port {
                    record.integer(session::PORT, i64::from(port), port_cell.origin)?;
                }
                record.text(session::EVENT, name, Origin::Rule("the name of the element"))?;
                put::text(record, session::DEVICE_REF, &known_at(device, &["device_number"]))?;
                put::text(record, session::USER_AGENT, &known_at(device, &["operating_system"]))
            })?;
        }
        Ok(())
    }

    fn mentions(&self, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        if let Some(cell) = self.additional("virtual_address").map(known).filter(|cell| !cell.is_empty()) {
            self.mention(row, "wallet", cell.text, cell.origin)?;
        }
        for node in self.holder.map(Node::all).unwrap_or_default() {
            if !node.is("social_account") {
                continue;
            }
            let (platform, user) = (known_at(node, &["platform"]), known_at(node, &["user_name"]));
            match crate::platform::slug(Some(platform.text), None).filter(|_| !user.is_empty()) {
                Some(slug) => {
                    let text = format!("{slug}:{}", user.text);
                    self.mention(row, "account", &text, Origin::Read(node.span, "platform and user name joined"))?;
                }
                None => row.note("social_account", platform.text, "a platform and a user name"),
            }
        }
        for cell in self.emails() {
            match selector::email(cell.text) {
                Ok(email) => self.mention(row, "email", &email, cell.origin.by(BY_NORMAL_FORM))?,
                Err(error) => row.note("email", cell.text, error),
            }
        }
        for (text, span) in self.phones() {
            match selector::phone(&text) {
                Ok(phone) => self.mention(row, "phone", &phone, Origin::Read(span, "country code and number"))?,
                Err(error) => row.note("tph_number", &text, error),
            }
        }
        Ok(())
    }

    fn mention(&self, row: &mut Row<'_, '_>, kind: &str, value: &str, origin: Origin) -> Result<(), Refusal> {
        row.record(TableId::Mention, |record| {
            record.text(mention::KIND, kind, Origin::Rule("the element it stands in"))?;
            record.text(mention::VALUE, value, origin)?;
            record.text(mention::ROLE, self.word, Origin::Rule("the party it stands in"))
        })
    }
}

/// The devices of a person or entity.
fn devices(holder: &Node) -> Vec<&Node> {
    holder.all().into_iter().filter(|node| node.is("network_device")).collect()
}

/// The devices of an account itself, without those of the people who may use it.
fn own_devices(account: &Node) -> Vec<&Node> {
    account.children.iter().filter(|child| child.is("network_devices")).flat_map(devices).collect()
}
