"""Pages of companies, their sites and people. Staff only; a customer's person has the portal."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts import service as accounts
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers import queries, service
from service_app.customers.forms import (
    AccessForm,
    CompanyForm,
    ContactForm,
    MemberForm,
    SiteForm,
)
from service_app.customers.models import Company
from service_app.customers.rules import CompanyRole, CompanyState
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


@blueprint.get("")
@requires(Permission.CUSTOMERS_VIEW)
def index() -> ResponseReturnValue:
    """Companies by name; words, role and state stay in the address."""
    session, asked = db_session(), request.args
    words = asked.get("q", "").strip()[:100]
    role = next((r for r in CompanyRole if r.value == asked.get("role")), None)
    state = next((s for s in CompanyState if s.value == asked.get("state")), CompanyState.SERVED)
    page = queries.list_companies(
        session, current_actor(), words=words, role=role, state=state, key=asked.get("after")
    )
    is_empty = not page.rows and not queries.has_companies(session)
    return render_template(
        "service_app/customers/index.html",
        page=page,
        q=words,
        role=role,
        state=state,
        roles=tuple(CompanyRole),
        states=tuple(CompanyState),
        has_none=is_empty,
    )


@blueprint.get("/<int:company_id>")
@requires(Permission.CUSTOMERS_VIEW)
def show(company_id: int) -> ResponseReturnValue:
    """One company: requisites, sites, contacts, who signs in."""
    session = db_session()
    company = queries.get_company(session, current_actor(), company_id)
    sites = queries.list_sites(session, company.id)
    return render_template(
        "service_app/customers/show.html",
        company=company,
        roles=tuple(CompanyRole),
        requisites=queries.requisites_of(company),
        sites=sites,
        site_names={site.id: site.name for site in sites},
        contacts=queries.contacts_of(session, company.id),
        members=queries.list_members(session, company.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def add() -> ResponseReturnValue:
    """A new company."""
    session, actor, form = db_session(), current_actor(), CompanyForm()
    if not form.is_submitted():
        form.language.data = reader().language
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            company = service.add_company(session, form.facts(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            return _saved(company, Text("%(name)s is added.", name=company.short_name))
    return _form_page("company", form, company=None)


@blueprint.route("/<int:company_id>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def edit(company_id: int) -> ResponseReturnValue:
    """A company's names, roles, requisites, notes."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    form = CompanyForm(obj=company)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_company(
                session,
                company,
                form.facts(),
                is_active=form.is_active.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved(company)
    form.compare_with(company)
    return _form_page("company", form, company=company)


@blueprint.route("/<int:company_id>/sites/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def add_site(company_id: int) -> ResponseReturnValue:
    """A new site of a company."""
    session, actor, form = db_session(), current_actor(), SiteForm()
    company = queries.get_company(session, actor, company_id)
    if not form.is_submitted():
        form.zone.data = str(queries.zone_of_site(session, None))
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.add_site(session, company, form.facts(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            return _saved(company)
    return _form_page("site", form, company=company, site=None)


@blueprint.route("/<int:company_id>/sites/<int:site_id>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def edit_site(company_id: int, site_id: int) -> ResponseReturnValue:
    """A site's name, address, zone, access."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    site = queries.get_site(session, company, site_id)
    form = SiteForm(obj=site)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_site(
                session,
                site,
                form.facts(),
                is_active=form.is_active.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved(company)
    form.compare_with(site)
    return _form_page("site", form, company=company, site=site)


@blueprint.route("/<int:company_id>/contacts/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def add_contact(company_id: int) -> ResponseReturnValue:
    """A new contact of a company."""
    session, actor, form = db_session(), current_actor(), ContactForm()
    company = queries.get_company(session, actor, company_id)
    form.site_id.options = queries.site_choices(session, company.id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            site_id = form.site_id.data
            service.add_contact(
                session,
                company,
                form.facts(),
                site=queries.get_site(session, company, site_id) if site_id else None,
                uid=form.key(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved(company)
    return _form_page("contact", form, company=company, contact=None)


@blueprint.route("/<int:company_id>/contacts/<int:contact_id>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def edit_contact(company_id: int, contact_id: int) -> ResponseReturnValue:
    """A contact's name, phone, site, and whether they decide on price."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    contact = queries.get_contact(session, company, contact_id)
    form = ContactForm(obj=contact)
    form.site_id.options = queries.site_choices(session, company.id, kept=contact.site_id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            site_id = form.site_id.data
            service.change_contact(
                session,
                contact,
                form.facts(),
                company=company,
                site=queries.get_site(session, company, site_id) if site_id else None,
                is_active=form.is_active.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved(company)
    form.compare_with(contact)
    return _form_page("contact", form, company=company, contact=contact)


@blueprint.route("/<int:company_id>/contacts/<int:contact_id>/access", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def give_access(company_id: int, contact_id: int) -> ResponseReturnValue:
    """A log-in for a contact; the answer shows the link to choose a password, once."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    contact = queries.get_contact(session, company, contact_id)
    form = AccessForm(email=contact.email)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            user = service.give_access(
                session,
                contact,
                company=company,
                login=form.login.data,
                email=form.email.data,
                by=actor,
                at=now(),
            )
        if not form.problems:
            tell(Text("%(name)s can sign in now.", name=user.name))
            return redirect(url_for("customers.member", company_id=company.id, user_id=user.id))
    return _form_page("give_access", form, company=company, contact=contact)


@blueprint.route("/<int:company_id>/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def member(company_id: int, user_id: int) -> ResponseReturnValue:
    """A person who signs in: whether they decide on price, a new link, the end of access."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    row = queries.get_member(session, company, user_id)
    form = MemberForm(obj=row.membership)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_member(
                session,
                row.membership,
                decides_on_price=form.decides_on_price.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved(company)
    form.compare_with(row.membership)
    return _form_page("member", form, company=company, row=row)


@blueprint.post("/<int:company_id>/people/<int:user_id>/link")
@requires(Permission.CUSTOMERS_EDIT)
def hand_over_link(company_id: int, user_id: int) -> ResponseReturnValue:
    """A one-time link to choose a password, shown once, to be handed to the person."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    row = queries.get_member(session, company, user_id)
    with transaction(session, by=actor, at=now()):
        token = accounts.hand_over_link(session, row.user, by=actor, at=now())
    base = current_app.extensions["house_config"].public_url or request.host_url.rstrip("/")
    return render_template(
        "service_app/customers/hand_over_link.html",
        company=company,
        row=row,
        link=base + url_for("accounts.choose_password", token=token),
    )


@blueprint.post("/<int:company_id>/people/<int:user_id>/end")
@requires(Permission.CUSTOMERS_EDIT)
def end_access(company_id: int, user_id: int) -> ResponseReturnValue:
    """The person sees this company no more."""
    session, actor = db_session(), current_actor()
    company = queries.get_company(session, actor, company_id)
    row = queries.get_member(session, company, user_id)
    with transaction(session, by=actor, at=now()):
        service.end_access(session, row.membership, by=actor, at=now())
    return _saved(
        company,
        Text(
            "%(name)s does not see %(company)s any more.",
            name=row.user.name,
            company=company.short_name,
        ),
    )


def _saved(company: Company, text: Text | None = None) -> ResponseReturnValue:
    tell(text or N_("Saved."))
    return redirect(url_for("customers.show", company_id=company.id))


def _form_page(name: str, form: object, **values: object) -> ResponseReturnValue:
    page = render_template(f"service_app/customers/{name}.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
