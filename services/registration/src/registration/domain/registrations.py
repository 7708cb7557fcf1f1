"""Dual registration: online (submitted, then certified by the unit) and offline (the host's receipt).

SUBMITTED -> CERTIFIED -> COMPLETED -> ENDED
SUBMITTED -> REJECTED, SUBMITTED or CERTIFIED -> WITHDRAWN, CERTIFIED -> SUBMITTED (certificate voided)
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.calendar import city_date
from registration.domain.certificates import Certificate, CertificateVoided
from registration.domain.divisions import lane_of
from registration.domain.members import Member, NotOnRoster
from registration.domain.placement import Basis, Placement
from registration.domain.reconciling import Standing


class RegistrationStatus(StrEnum):
    SUBMITTED = "SUBMITTED"
    CERTIFIED = "CERTIFIED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    ENDED = "ENDED"


OPEN = (RegistrationStatus.SUBMITTED, RegistrationStatus.CERTIFIED)
STANDING = [*(status.value for status in OPEN), RegistrationStatus.COMPLETED.value]


class RegistrationAlreadySubmitted(Refusal):
    registration_id: str
    zh = "该党员已有办理中的报到"
    en = "This member has a registration under way already"
    next_zh = "请继续办理原报到,或先撤回。"
    next_en = "Go on with that registration, or withdraw it first."


class RegistrationAlreadyCompleted(Refusal):
    registration_id: str
    community_code: str
    completed_on: date
    zh = "该党员已于 {completed_on} 在社区 {community_code} 完成报到"
    en = "This member completed registration with community {community_code} on {completed_on}"
    next_zh = "无需重复办理。"
    next_en = "There is nothing left to do."


class RegistrationAlreadyCertified(Refusal):
    certificate_number: str
    zh = "已签发报到证 {certificate_number}"
    en = "Certificate {certificate_number} has been issued already"
    next_zh = "请使用该报到证;如遗失或有误,先作废再重新签发。"
    next_en = "Use that certificate; if it is lost or wrong, void it and issue another."


class RegistrationNotCertified(Refusal):
    status: RegistrationStatus
    zh = "该报到没有有效的报到证(当前状态 {status})"
    en = "This registration has no certificate in force (it is {status})"
    next_zh = "请由单位先签发报到证。"
    next_en = "Have the unit issue the certificate first."


class RegistrationClosed(Refusal):
    status: RegistrationStatus
    zh = "该报到当前状态为 {status},不能执行此操作"
    en = "This registration is {status}: this can't be done any more"
    next_zh = "请核对报到状态。"
    next_en = "Look up the registration's status."


class AlreadyThere(Refusal):
    community_code: str
    zh = "该党员已在社区 {community_code} 报到"
    en = "This member is registered with community {community_code} already"
    next_zh = "转接须填报另一个社区。"
    next_en = "A transfer goes to another community."


class LeaveOverlaps(Refusal):
    starts_on: date
    ends_on: date
    zh = "与已批准的请假({starts_on} 至 {ends_on})重叠"
    en = "It overlaps a leave that was granted, from {starts_on} to {ends_on}"
    next_zh = "请另选时段。"
    next_en = "Choose another period."


class Leave(BaseModel):
    """A leave of absence, both days included."""

    starts_on: date
    ends_on: date
    reason: str


class EarlierCommunity(BaseModel):
    """Where a registration was before `until`, the day on which communities were merged or split."""

    community_code: str
    until: date


class RegistrationSnapshot(BaseModel):
    """Public state of a registration, carried by its events."""

    registration_id: str
    member_id: str
    unit_id: str
    community: str
    status: RegistrationStatus
    basis: Basis
    submitted_on: date
    certified_on: date | None
    completed_on: date | None
    ended_on: date | None
    grid_id: str | None
    group_id: str | None
    squad_id: str | None
    replaces: str | None
    replaced_by: str | None
    on_leave_until: date | None
    unit_division: str
    on_roster_since: date | None
    left_roster_on: date | None


class Registration(Aggregate):
    """One member's registration with one community. `completed_on` is the date on the host's receipt.

    `unit_id` to `left_roster_on` are those of the member's roster line. `replaces` is the completed registration that a
    transfer ends when it completes itself; the other way `replaced_by`. `compound` and `building` are where in the
    community the member says to live; they find the grid and the group.
    """

    PERSONAL = Aggregate.PERSONAL | {"compound", "building"}

    member_id: str
    unit_id: str
    unit_division: str
    line: str
    on_roster_since: date | None = None
    left_roster_on: date | None = None
    community_code: str
    basis: Basis
    status: RegistrationStatus = RegistrationStatus.SUBMITTED
    submitted_at: datetime
    certificates: list[Certificate] = Field(default_factory=list)
    received_by: str | None = None
    completed_at: datetime | None = None
    completed_on: date | None = None
    closed_at: datetime | None = None
    ended_on: date | None = None
    reason: str | None = None
    grid_id: str | None = None
    group_id: str | None = None
    squad_id: str | None = None
    compound: str | None = None
    building: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    leaves: list[Leave] = Field(default_factory=list)
    earlier_communities: list[EarlierCommunity] = Field(default_factory=list)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate in force."""
        return next((one for one in self.certificates if one.voided_at is None), None)

    def certify(self, number: str, now: datetime) -> None:
        if self.status is RegistrationStatus.CERTIFIED and self.certificate:
            raise RegistrationAlreadyCertified(certificate_number=self.certificate.number)
        if self.status is not RegistrationStatus.SUBMITTED:
            self._refuse()
        self.certificates.append(Certificate(number=number, issued_at=now))
        self._become(RegistrationStatus.CERTIFIED, "registration-certified")

    def void_certificate(self, reason: str, now: datetime) -> None:
        """Back to SUBMITTED, so that another can be issued; the old number stays, voided."""
        if self.status is not RegistrationStatus.CERTIFIED:
            self._refuse(open_is=RegistrationNotCertified)
        self._void(reason, now)
        self._become(RegistrationStatus.SUBMITTED, "registration-certificate-voided")

    def receive(self, number: str, *, signed_by: str, on: date, now: datetime) -> None:
        """The host's receipt for the paper `number`: both channels agree, so the registration is complete."""
        paper = next(one for one in self.certificates if one.number == number)
        if paper.voided_at is not None:
            raise CertificateVoided(number=number, voided_on=city_date(paper.voided_at))
        if self.status is not RegistrationStatus.CERTIFIED:
            self._refuse()
        self.received_by, self.completed_at, self.completed_on = signed_by, now, on
        self._become(RegistrationStatus.COMPLETED, "registration-completed")

    def make_way(self, successor: "Registration", now: datetime) -> None:
        """End on the day on which the registration that replaces this one completed, in the same transaction."""
        if self.status is RegistrationStatus.COMPLETED:
            self.replaced_by, self.ended_on = successor.id, successor.completed_on
            self._close(RegistrationStatus.ENDED, "registration-ended", "转接 / transferred", now)

    def require_transferable(self, to: Placement) -> None:
        self.require_completed()
        if self.community_code == to.community_code:
            raise AlreadyThere(community_code=self.community_code)

    def grant_leave(self, starts_on: date, ends_on: date, reason: str) -> None:
        self.require_completed()
        if ends_on < starts_on:
            raise InvalidInput(path="ends_on", reason_zh="结束日期早于开始日期", reason_en="it ends before it starts")
        for one in self.leaves:
            if starts_on <= one.ends_on and one.starts_on <= ends_on:
                raise LeaveOverlaps(path="starts_on", starts_on=one.starts_on, ends_on=one.ends_on)
        self.leaves = sorted([*self.leaves, Leave(starts_on=starts_on, ends_on=ends_on, reason=reason)], key=_start_of)
        self.record("registration-leave-granted")

    def follow(self, member: Member) -> None:
        """The member went over to another unit, which is the one to act from now on, or left the roster."""
        self.unit_id, self.unit_division, self.line = member.unit_id, member.unit_division, member.line
        self.on_roster_since, self.left_roster_on = member.joined_on, member.left_on
        self.record("registration-unit-changed" if member.on_roster else "registration-roster-left")

    def move(self, community_code: str, on: date) -> None:
        """Its community was merged or split: it goes on under another code, with its papers and its history."""
        self.earlier_communities.append(EarlierCommunity(community_code=self.community_code, until=on))
        self.community_code = community_code
        self.record("registration-moved")

    def resettle(self, to: Placement, now: datetime) -> None:
        """The placement rule answers otherwise now. A paper that names another community is void; what is completed
        stays where it is: see `use_cases.resettle`.
        """
        if (to.community_code, to.basis) == (self.community_code, self.basis):
            return
        if to.community_code != self.community_code:
            self._void("报到社区变更 / the community changed", now)
            self.status = RegistrationStatus.SUBMITTED
        self.community_code, self.basis = to.community_code, to.basis
        self.record("registration-resettled")

    def community_on(self, on: date) -> str:
        earlier = (one.community_code for one in self.earlier_communities if on < one.until)
        return next(earlier, self.community_code)

    def reject(self, reason: str, now: datetime) -> None:
        if self.status is not RegistrationStatus.SUBMITTED:
            self._refuse(open_is=RegistrationClosed)
        self._close(RegistrationStatus.REJECTED, "registration-rejected", reason, now)

    def withdraw(self, reason: str, now: datetime) -> None:
        if self.status not in OPEN:
            self._refuse()
        self._void(reason, now)
        self._close(RegistrationStatus.WITHDRAWN, "registration-withdrawn", reason, now)

    def end(self, reason: str, now: datetime) -> None:
        self.require_completed()
        self._close(RegistrationStatus.ENDED, "registration-ended", reason, now)

    def require_completed(self) -> None:
        if self.status is not RegistrationStatus.COMPLETED:
            raise RegistrationClosed(status=self.status)

    def put_into_grid(self, grid_id: str, group_id: str | None = None, squad_id: str | None = None) -> None:
        """The whole place; the squad's own count is kept by `use_cases.squad_places`."""
        self.require_completed()
        if (self.grid_id, self.group_id, self.squad_id) != (grid_id, group_id, squad_id):
            self.grid_id, self.group_id, self.squad_id = grid_id, group_id, squad_id
            self.record("registration-placed")

    def leave_grid(self) -> None:
        """Its grid stays with another community than the one that takes the member over."""
        self.grid_id = self.group_id = self.squad_id = None

    def standing_on(self, on: date) -> Standing | None:
        """How far it had come at the end of that day, by the dates on the papers; None when it was not in force."""
        if self.closed_at is not None and city_date(self.closed_at) <= on:
            return None
        if self.completed_on is not None and self.completed_on <= on:
            return Standing.COMPLETED
        if any(one.in_force(on) for one in self.certificates):
            return Standing.CERTIFIED
        return Standing.SUBMITTED if city_date(self.submitted_at) <= on else None

    def refuse_another(self) -> None:
        """Refuse a further submission of the same member while this one is open or completed."""
        if self.status in OPEN:
            raise RegistrationAlreadySubmitted(registration_id=self.id)
        if self.status is RegistrationStatus.COMPLETED:
            self._refuse()

    def snapshot(self) -> RegistrationSnapshot:
        certificate = self.certificate
        return RegistrationSnapshot(
            registration_id=self.id,
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community_code,
            status=self.status,
            basis=self.basis,
            submitted_on=city_date(self.submitted_at),
            certified_on=certificate and city_date(certificate.issued_at),
            completed_on=self.completed_on,
            ended_on=self.ended_on or (city_date(self.closed_at) if self.closed_at else None),
            grid_id=self.grid_id,
            group_id=self.group_id,
            squad_id=self.squad_id,
            replaces=self.replaces,
            replaced_by=self.replaced_by,
            on_leave_until=self.leaves[-1].ends_on if self.leaves else None,
            unit_division=self.unit_division,
            on_roster_since=self.on_roster_since,
            left_roster_on=self.left_roster_on,
        )

    def _refuse(self, open_is: type[Refusal] = RegistrationNotCertified) -> NoReturn:
        if self.status is RegistrationStatus.COMPLETED:
            raise RegistrationAlreadyCompleted(
                registration_id=self.id, community_code=self.community_code, completed_on=self.completed_on
            )
        if self.status in OPEN:
            raise open_is(status=self.status)
        raise RegistrationClosed(status=self.status)

    def _void(self, reason: str, now: datetime) -> None:
        if self.certificate:
            self.certificate.void_reason = reason
            self.certificate.voided_at = now

    def _close(self, status: RegistrationStatus, fact: str, reason: str, now: datetime) -> None:
        self.closed_at, self.reason = now, reason
        self._become(status, fact)

    def _become(self, status: RegistrationStatus, fact: str) -> None:
        self.status = status
        self.record(fact)


def submit_registration(
    registration_id: str,
    member: Member,
    placement: Placement,
    now: datetime,
    *,
    compound: str | None = None,
    building: str | None = None,
    replaces: str | None = None,
) -> Registration:
    """`compound` and `building` count only where the member lives in the community that the rule found."""
    if not member.on_roster:
        raise NotOnRoster(member_id=member.id)
    registration = Registration(
        id=registration_id,
        lane=lane_of(placement.community_code),
        member_id=member.id,
        unit_id=member.unit_id,
        unit_division=member.unit_division,
        line=member.line,
        on_roster_since=member.joined_on,
        community_code=placement.community_code,
        basis=placement.basis,
        submitted_at=now,
        compound=compound if placement.basis is Basis.RESIDENCE else None,
        building=building if placement.basis is Basis.RESIDENCE else None,
        replaces=replaces,
    )
    registration.record("registration-submitted")
    return registration


def _start_of(leave: Leave) -> date:
    return leave.starts_on


def no_such_registration(registration_id: str, path: str = "registration_id") -> NotFound:
    return NotFound(what_zh="报到", what_en="registration", id=registration_id, path=path)
