"""English: openings, moods, requests, endings and the words of the planted themes."""

GREETING = (
    "Hello(,|)",
    "Hi(,| there,|)",
    "Dear (team|Sir or Madam|customer service),",
    "Good (morning|afternoon|evening),",
    "Hey,",
)
HELLO = ("hi", "hello", "hey", "Hi there", "good (morning|evening)", "hello?? anyone there", "hi (quick|) question")
CONTEXT = (
    "(I|We) (ordered|bought) (a <item>|the <product>) (on <date>|<days> days ago|last week) (from your shop|online|)",
    "(This is|It's|I'm writing) about (order|my order|purchase) <order>",
    "I (am a customer|have shopped with you) (for years|since 20(19|20|21|22|23)|for a while)",
    "(My wife|My husband|My mother|A friend|Our office) (ordered|got) (the <item>|it|a <product>) (as a present|for the kitchen|for a birthday|for the new flat)",
    "(Yesterday|On <date>|This morning|Last night|Around noon) (something odd happened|I noticed this|it started)",
)
ANGRY = (
    "(This is|That's) (unacceptable|ridiculous|a disgrace|beyond a joke)(!|!!|.)",
    "(I'm|I am) (really|very|extremely|so) (angry|disappointed|fed up|annoyed) (by now|with you|)",
    "(Third|Fourth|Second) time (I write|I contact you|I ask), (no answer|same story|nothing happens)",
    "(Never again|I will never order here again|Last order from me|I'm going to (your competitor|a lawyer))",
    "(Do you even|Does anybody) (read these messages|care about customers|check anything)?",
    "I want (my money back|a real person|this solved) (today|now|at once)",
    "WHAT (IS GOING ON|A MESS|KIND OF SERVICE IS THIS)",
)
NEUTRAL = (
    "(I'd be glad of|I'd appreciate|Looking forward to) (a short answer|your reply|any news)",
    "(Not urgent|No rush|Take your time), (but I'd like to know|just asking|just so you know)",
    "(I need it|It's meant) (for <date>|by the weekend|for a birthday|for work)",
    "I (already looked|searched) (on the site|in the app) (and found nothing|but could not find it)",
    "(I live in|Delivery is to|I'm in) <city>(, by the way|, if that matters|)",
    "(Tried|I tried) (another browser|restarting|a second time|with my neighbour's phone), (same|no change|no luck)",
)
PLEASED = (
    "(Otherwise|Apart from that|All in all) (I'm very happy|everything is great|a fine shop)",
    "(Your colleague|The agent|Whoever answered) (was|has been) (very kind|so helpful|super quick)",
    "(Thanks a lot|Thank you so much|Cheers) (for the help|for your patience|in advance|)",
    "(Keep it up|Well done|Lovely people|Love your shop)(!|!!|)",
)
IRONY = (
    "(Great|Fantastic|Wonderful) (job|work), (really|truly) (well done|impressive)",
    "(Congratulations|Bravo), (a new record|you did it again)",
    "(Of course|Sure), (take another month|I have all the time in the world|who needs a <item> anyway)",
)
REQUEST = (
    "(please|pls|kindly) (help|fix this|look into it|sort it out|get back to me)",
    "(what|so what) (should I do|can be done|are the options|now)?",
    "(can|could) (you|someone|anybody) (check|help|call me|explain this|look into it)?",
    "(let me know|tell me) (what to do|how to go on|as soon as you can)",
)
CLOSING = (
    "(Best regards|Kind regards|Warm regards|Regards)",
    "(Many thanks|Thanks|Thank you)(,| in advance,|)",
    "(Yours|Sincerely|Cheers),",
    "Have a (nice|good) (day|weekend)",
)
THANKS = (
    "thanks",
    "thank you",
    "ok",
    "thx",
    "ok, waiting",
    "thanks (for your help|in advance|a lot)",
    "great, thanks",
    "are you (still |)there?",
    "bye",
)
EMPTY = (
    "ok",
    "OK thanks",
    "thanks",
    "thank you",
    "Yes",
    "no",
    "hello",
    "?",
    "great",
    "Super",
    "fine",
    "got it",
    "test",
    "ok ok",
    "...",
    "👍",
    "cool",
)
ALSO = (
    "(Also|And|Another thing|By the way|PS), ",
    "(While I'm at it|On top of that|And one more thing), ",
    "(Besides|Secondly), ",
)
NOTE = (
    "(Cust.|Customer|Cstmr|Caller|cust) (says|reports|states|claims|wants to know): <issue>",
    "<issue>(. |, )(checked|looked up|explained|apologised|forwarded|escalated|will call back|ticket raised)",
    "<issue>",
    "re <order>: <issue>",
    "caller (upset|calm|friendly|in a hurry), <issue>",
    "<issue> / <product> / (explained steps|told to wait|sent link|no solution yet|solved on call)",
)
NOTE_EMPTY = ("", "", "", "-", "see above", "call", "done", "no note", "cb", "n/a", "solved")
GOOD_REVIEW = (
    "(5 stars|Five stars|Happy|Very good|Nice shop)(!|.|, thanks.)",
    "(Would|Will) (buy|order) again(!|.|)",
    "No complaints",
)
BAD_REVIEW = (
    "(1 star|One star|Zero stars|Avoid|Beware|Disappointed)(!|.|)",
    "(Never again|Stay away|Don't buy here)(!|.|)",
    "(Not|Far from) what I expected",
)
EMOJI = {"bad": ("😡", "😤", "🤦", "😢", "👎"), "good": ("😊", "👍", "🙏", "❤️", "🎉"), "mid": ("🤔", "🙂", "😅")}
THEMES: dict[str, tuple[str, ...]] = {
    "no sms": (
        "(no|I got no|there was no) (SMS|text message|text) (came|at all|this time|that it had arrived)",
        "(nobody|no one) (told me|let me know|informed me) (it had arrived at the pickup point|the parcel was waiting|when to be at home)",
        "(the usual|the) (SMS|text message|notice) (never came|did not arrive|was missing), so (I missed the courier|it lay there for days|I wasn't at home)",
        "<carrier> (claims|says) they (sent a text|notified me), (I received nothing|my phone shows nothing|not true)",
    ),
    "release": (
        "(since the update|after the update to <version>|with the new app version|since <version>)",
        "(before the update|with the old app|last month) (it worked|paying was no problem|all was fine)",
        "(the new app|version <version>) (broke it|is to blame|shows a blank page)",
    ),
    "page 3": (
        "(page 3 of the manual|the manual, page 3,|on page 3) (shows another button|is wrong|makes no sense|skips a step|contradicts the picture)",
        "(stuck|I'm stuck|I gave up) (at|on) (page 3|p. 3|page three) (of the manual|of the booklet|)",
        "(what does|what is meant by|can someone explain) (the picture|step 4|the diagram) on page 3?",
    ),
    "newsletter": (
        "(got|I received|about) (your newsletter|the newsletter of <date>|your mail about autumn offers), (do I have to register|does it cover the <product>|is the discount for everyone)?",
        "(the newsletter|your mail) (says|promises) 20 % (off|discount), (off what|from which amount|only online|for old customers too)?",
        "(I don't understand|not clear to me from|a question about) the newsletter: (is the gift on top|does it start on <date>|which code do I type)?",
        "(newsletter|the autumn mail): (what exactly is included|valid until when|can it be combined with points)?",
    ),
    "eco packaging": (
        "(so much|why so much|way too much) (plastic|bubble wrap|packaging) for (one <item>|such a small thing)",
        "(please|could you|you should) (use|switch to|offer) (paper|cardboard|recyclable packaging|compostable fill) instead of (plastic|foam|bubble wrap)",
        "(is|are) (the box|the packaging|your bags) recyclable? (the old shop took boxes back|I'd return the box|would pay a bit more for it|)",
        "(three boxes|a huge box) (inside each other|full of air) (for a tiny part|), (think of the environment|not very green|bad for the planet)",
        "(happy to see|liked|finally) (paper tape|a box without plastic|eco packaging), (more of that|but the foam inside is still plastic|can it be the default)",
    ),
    "promise": (
        "(your manager|the salesman|your sales rep|the sales person on the phone) (promised|guaranteed|assured me of) (next-day delivery|delivery on the next day|that it would come the very next day)",
        "(I only bought it|I chose you|ordered) because (next-day delivery was promised|your sales team said 'tomorrow'|they promised it for the next day)",
        "(was told|sales told me) 'tomorrow', (now it's <days> days|and support knows nothing of it|and here nobody knows about it)",
    ),
    "faq": (
        "(quick|just a quick|short) question",
        "(maybe|probably) (it's|this is) (somewhere on the site|in the FAQ), (couldn't find it|but where)",
        "(sorry if|I guess) (it's a silly question|everyone asks this|this has been asked before)",
    ),
}
PERSONAL: dict[str, tuple[str, ...]] = {
    "email": (
        "my (e-mail|mail|address) is <value>",
        "write to <value>",
        "(reach me at|contact:|mail me:) <value>",
        "the account is under <value>",
    ),
    "phone": (
        "(call|ring) me (on|at) <value>",
        "my (number|phone|mobile) is <value>",
        "tel. <value>",
        "(reach me at|phone:) <value>",
    ),
    "card": ("(my card|card number|the card) (is|:) <value>", "paid with <value>", "(I used|charged was) card <value>"),
    "account": ("(my account|IBAN|account) (is|:|no.) <value>", "(please refund to|send the money to) <value>"),
    "order no": ("(order|order no.|ref) <value>", "(tracking|parcel number|waybill) <value>"),
    "article": ("(article|item no.|EAN|barcode) <value>", "serial number <value>"),
    "amount": ("(paid|it cost|the sum was) <value>", "(total|altogether) <value>"),
    "date": ("(dated|since|from) <value>", "(ordered|delivered) <value>"),
}
PAY = {
    "card": "card",
    "PayLink": "PayLink",
    "bank transfer": "bank transfer",
    "cash on delivery": "cash",
    "instalments": "instalments",
    "gift card": "gift card",
    "": "card",
}
THING = {
    "Kora Kettle": "kettle",
    "Vento Vacuum": "vacuum cleaner",
    "Lumo Lamp": "lamp",
    "Sona Headphones": "headset",
    "Tiko Router": "router",
    "Brio Coffee Maker": "coffee maker",
    "Pico Camera": "camera",
    "Nido Thermostat": "thermostat",
    "": "item",
}
ANYTHING = ("device", "thing", "product")
CITIES = (
    "Leeds",
    "Hamburg",
    "Dublin",
    "Bristol",
    "Lyon",
    "Graz",
    "Oslo",
    "Utrecht",
    "Boston",
    "Malmö",
    "Tallinn",
    "Porto",
)
CARRIER = ("the courier", "your carrier", "the delivery firm")
SIGNATURE = (
    "-- \n<name>",
    "--\n<name>\nSent from my iPhone",
    "Sent from my iPhone",
    "-- \n<name>\nOffice manager",
    "Sent from Outlook for Android",
)
QUOTE = (
    "On <longdate>, Customer Service wrote:\n> Dear customer,\n> (thank you for your message. We are looking into it.|we have forwarded your request to the team.|your order has been sent.)\n> Kind regards",
    "-----Original Message-----\nFrom: Customer Service\nSent: <longdate>\nSubject: Re: your request\n\n(Thank you for contacting us. Your request has been received.|We are sorry to hear that. Please send us a photo.)",
)
NAMES = ("Anna Fields", "T. Baker", "Maria Lopez", "John Carter", "P. Novak", "Lucy Hale", "Erik Dahl", "Sam Reed")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
