"""The calendars that the tests count by, each as a host would set it up."""

from datetime import date

from freezecase.core.resolved import WESTERN, Weekday, Weekend
from freezecase.policy.calendar import Calendar, MarketHolidays, PublicHolidays


def _public(id: str, zone: str, code: str, *categories: str) -> Calendar:
    country, _, part = code.partition("-")
    holidays = PublicHolidays(
        country=country, subdivision=part or None, categories=categories or ("public",)
    )
    return Calendar(id=id, zone=zone, holidays=holidays)


ENGLAND = _public("gb-eng", "Europe/London", "GB-ENG")
SCOTLAND = _public("gb-sct", "Europe/London", "GB-SCT")
GERMANY = _public("de", "Europe/Berlin", "DE")
NETHERLANDS = _public("nl", "Europe/Amsterdam", "NL")
IRELAND = _public("ie", "Europe/Dublin", "IE")
ZURICH = _public("ch-zh", "Europe/Zurich", "CH-ZH")
AMERICA = _public("us", "America/New_York", "US")
SYDNEY = _public("au-nsw", "Australia/Sydney", "AU-NSW")
SINGAPORE = _public("sg", "Asia/Singapore", "SG")
HONG_KONG = _public("hk", "Asia/Hong_Kong", "HK", "public", "optional")
HONG_KONG_STATUTORY = _public("hk-statutory", "Asia/Hong_Kong", "HK")
HONG_KONG_MARKET = Calendar(
    id="xhkg", zone="Asia/Hong_Kong", holidays=MarketHolidays(market="XHKG")
)
EMIRATES = Calendar(
    id="ae",
    zone="Asia/Dubai",
    holidays=PublicHolidays(country="AE"),
    weekends=(
        Weekend(days=(Weekday.FRIDAY, Weekday.SATURDAY)),
        Weekend(days=(Weekday.SATURDAY, Weekday.SUNDAY), since=date(2022, 1, 1)),
    ),
)
PLAIN = Calendar(id="plain", zone="UTC", weekends=WESTERN)
"""Monday to Friday, and nothing else."""

CALENDARS = {
    calendar.id: calendar
    for calendar in (
        *(ENGLAND, SCOTLAND, GERMANY, NETHERLANDS, IRELAND, ZURICH, AMERICA, SYDNEY, SINGAPORE),
        *(HONG_KONG, HONG_KONG_STATUTORY, HONG_KONG_MARKET, EMIRATES, PLAIN),
    )
}
