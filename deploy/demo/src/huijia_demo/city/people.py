"""Fictional people: generated names, valid ID numbers (GB 11643) made up by chance, phone numbers."""

from datetime import date

from stdnum.cn import ric

from huijia_demo.city.chance import day_between, stream

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = "文明思远志强丽华建国秀英春梅海燕晓东雪松雨晴子涵浩然欣怡俊杰佳慧立新永康敏静涛磊婷娟勇军波宁凯琳"
# Numbers carry the division codes of the day they were assigned, and the present ones of the city began in 1996.
BIRTH_PLACES = ("352622", "352623", "352624", "352625", "352627")
BORN = (date(1958, 1, 1), date(1995, 12, 31))


class Identities:
    """Makes up people; within a unit even a masked ID number (six first, four last digits) names one person."""

    def __init__(self) -> None:
        self._chance = stream("people")
        self._taken: set[str] = set()
        self._phones = 0

    def name(self) -> str:
        return self._chance.choice(SURNAMES) + "".join(self._chance.choices(GIVEN, k=self._chance.randint(1, 2)))

    def id_number(self, unit: str) -> str:
        while True:
            number = self._any_number()
            keys = {number, f"{unit}:{number[:6]}:{number[-4:]}"}
            if not keys & self._taken:
                self._taken |= keys
                return number

    def phone(self) -> str:
        self._phones += 1
        return f"174{self._phones:08d}"

    def _any_number(self) -> str:
        born = day_between(self._chance, *BORN)
        body = f"{self._chance.choice(BIRTH_PLACES)}{born:%Y%m%d}{self._chance.randint(1, 999):03d}"
        return body + ric.calc_check_digit(body + "0")
