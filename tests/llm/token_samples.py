"""Texts, and how many tokens four vocabularies make of them.

Counted by o200k_base and cl100k_base of `bpe-openai` 0.1.4, and by `tekken_240911` and
`mistral_instruct_tokenizer_240323.model.v3` of `mistral-common` 1.13.1, on 2026-11-21.
"""

from typing import NamedTuple


class Sample(NamedTuple):
    """`small` is the count by the one vocabulary of 32,000 pieces."""

    kind: str
    text: str
    o200k: int
    cl100k: int
    tekken: int
    small: int

    @property
    def large(self) -> tuple[int, int, int]:
        return self.o200k, self.cl100k, self.tekken


SAMPLES = {
    "English prose": Sample(
        "prose",
        "The market opened late on Thursday, after the rain had stopped. Tw"
        "o traders argued about the price of a used laptop, while a third o"
        "ne waited for them to finish. In the end nobody sold anything, and"
        " everybody went home a little poorer than they had hoped.",
        53,
        53,
        53,
        54,
    ),
    "Python": Sample(
        "code",
        "def settle(self, call: Call, cost: Decimal) -> None:\n"
        '    """Adds what the call cost."""\n'
        "    for budget in self._budgets:\n"
        "        if budget.covers(call) and cost > 0:\n"
        "            budget.spent += cost\n"
        '            log.info("budget.settled", name=budget.name, cost=str('
        "cost))\n",
        70,
        70,
        74,
        88,
    ),
    "JavaScript": Sample(
        "code",
        "export function nextOffer(state, limits) {\n"
        "  const gap = state.lastBid - limits.floor;\n"
        "  if (gap <= 0 || state.round >= limits.maxRounds) {\n"
        "    return null;\n"
        "  }\n"
        "  return { price: limits.floor + Math.round(gap * 0.35 * 100) / 10"
        "0, quantity: state.quantity };\n"
        "}\n",
        73,
        74,
        79,
        99,
    ),
    "JSON": Sample(
        "json",
        '{"id":4711,"name":"TechStore","active":true,"tags":["new","sale"],'
        '"price":949.99,"stock":{"quantity_available":12,"cost_price":650},'
        '"created_at":"2026-01-31T12:00:00Z"}',
        57,
        56,
        74,
        81,
    ),
    "digits": Sample(
        "digits",
        "4711 38 90210 1234567 15.75 0.000042 1,299,000 2026-01-31 23:59:59"
        " 192.168.17.254 +49 30 901820 555-0199",
        59,
        59,
        103,
        104,
    ),
    "hexadecimal": Sample(
        "digits",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6 9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d",
        48,
        48,
        58,
        62,
    ),
    "German": Sample(
        "latin",
        "Der Händler überlegte lange, ob er das Angeb"
        "ot annehmen könnte. Schließlich verlangte er"
        " einen höheren Preis, weil die Lieferung frü"
        "her als üblich erfolgen müsste.",
        32,
        46,
        35,
        54,
    ),
    "French": Sample(
        "latin",
        "Après une longue négociation, l'acheteur a p"
        "roposé un prix légèrement supérieur, à condi"
        "tion que la livraison soit effectuée avant l"
        "a fin de la semaine.",
        32,
        43,
        34,
        45,
    ),
    "Polish": Sample(
        "latin",
        "Sprzedawca zastanawiał się długo, czy może p"
        "rzyjąć tę ofertę. W końcu zażądał wyższej ce"
        "ny, ponieważ dostawa miałaby nastąpić wcześn"
        "iej niż zwykle.",
        45,
        62,
        48,
        67,
    ),
    "Russian": Sample(
        "cyrillic",
        "Продавец долго думал, сможет ли он принять э"
        "то предложение. В конце концов он попросил б"
        "олее высокую цену, потому что доставка нужна"
        " была раньше обычного.",
        35,
        67,
        43,
        61,
    ),
    "Greek": Sample(
        "other",
        "Ο πωλητής σκέφτηκε πολλή ώρα αν μπορούσε να "
        "δεχτεί την προσφορά. Τελικά ζήτησε υψηλότερη"
        " τιμή, γιατί η παράδοση έπρεπε να γίνει νωρί"
        "τερα.",
        52,
        125,
        53,
        138,
    ),
    "Arabic": Sample(
        "other",
        "فكر البائع طويلا فيما إذا كان بإمكانه قبول ا"
        "لعرض. وفي النهاية طلب سعرا أعلى، لأن التسليم"
        " يجب أن يتم قبل الموعد المعتاد.",
        35,
        83,
        33,
        108,
    ),
    "Hebrew": Sample(
        "other",
        "המוכר חשב זמן רב אם הוא יכול לקבל את ההצעה. "
        "בסופו של דבר הוא ביקש מחיר גבוה יותר, כי המש"
        "לוח היה צריך להגיע מוקדם מהרגיל.",
        39,
        114,
        50,
        121,
    ),
    "Hindi": Sample(
        "other",
        "विक्रेता ने बहुत देर तक सोचा कि क्या वह यह प"
        "्रस्ताव स्वीकार कर सकता है। अंत में उसने अधि"
        "क कीमत माँगी, क्योंकि माल जल्दी पहुँचाना था।",
        34,
        125,
        39,
        137,
    ),
    "Thai": Sample(
        "other",
        "ผู้ขายคิดอยู่นานว่าจะรับข้อเสนอนี้ได้หรือไม่ ในที่สุดเขาก็ขอราคาที่สูงขึ้น เพราะต้องส่งสินค้าเร็วกว่าปกติ",
        38,
        94,
        57,
        106,
    ),
    "Chinese": Sample(
        "cjk",
        "卖家考虑了很久，不知道能不能接受这个报价。最后他要求更高的价格，因为货物必须比平时更早送"
        "到。",
        33,
        51,
        38,
        47,
    ),
    "Japanese": Sample(
        "cjk",
        "売り手はその申し出を受け入れられるかどうか長い間考えた。結局、納品がいつもより早くなるた"
        "め、より高い価格を求めた。",
        47,
        63,
        41,
        62,
    ),
    "Korean": Sample(
        "cjk",
        "판매자는 그 제안을 받아들일 수 있을지 오랫동안 고민했다. 결국 배송이 평소보다"
        " 빨라야 했기 때문에 더 높은 가격을 요구했다.",
        36,
        74,
        34,
        77,
    ),
    "emoji": Sample(
        "other",
        "🎉🚀😀👍🔥 Sold! 🥳💡📈",
        16,
        24,
        33,
        21,
    ),
}
