"""Revoke a service certificate."""

from servicekit.domain import NotFound
from servicekit.storage.work import Work

from service_tracking.domain.service_certificate import NUMBERS, ServiceCertificate
from service_tracking.storage.certificates import certificate_by_number
from service_tracking.storage.collections import CERTIFICATES


async def revoke_certificate(work: Work, number: str, reason: str) -> ServiceCertificate:
    """Raises NotFound, CertificateRevoked, InvalidInput."""
    certificate = await certificate_by_number(work.database, NUMBERS.check(number, "number"))
    if certificate is None:
        raise NotFound(path="number", what_zh="服务证明", what_en="service certificate", id=number)
    certificate.revoke(reason, by=work.actor.subject, now=work.now)
    work.save(CERTIFICATES, certificate)
    return certificate
