"""English: per issue what a subject line or an agent's note says, and how customers tell it."""

ISSUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "late delivery": (
        (
            "late delivery",
            "parcel (still |)not here",
            "order overdue (by <days> days|)",
            "where is it? <days> days late",
        ),
        (
            "(my|the) (parcel|package|order) (was supposed to (come|arrive|be here)|was promised|should have been here) (on <date>|<days> days ago|last week) and (there is nothing|it still isn't here|nobody has delivered anything)",
            "<carrier> is (now|already|) <days> days (late|behind) with (my|our) <item>",
            "(been waiting|I am waiting|we have waited) (<days> days|since <date>) for (the <item>|my <item>|order <order>), (the page said two to three days|the promised date has passed|delivery date came and went)",
            "(delivery|the delivery) (keeps being moved|was postponed again|slips every day): (first <date>, now who knows|yesterday, tomorrow, next week|another new date today)",
        ),
    ),
    "lost parcel": (
        ("parcel lost", "lost in transit", "(no trace of|parcel missing,) order <order>"),
        (
            "(<carrier> says|I was told|the courier firm admits) (the parcel is|my box is|it has been) lost",
            "(marked|shown|listed) as delivered (on <date>|) but (I never got it|nobody here received anything|the neighbours don't have it either)",
            "(no scan|no movement|no sign of life) (for <days> days|since <date>), (I think|looks like|pretty sure) the (package|parcel) (is gone|has vanished|got lost)",
        ),
    ),
    "parcel tracking": (
        ("where is my parcel", "tracking", "status of order <order>", "tracking number"),
        (
            "(can you|could you please|please) (tell me|check|let me know) (where my parcel is|where order <order> is right now|when it comes)",
            "(the tracking page|tracking|the link) (shows nothing|has not changed since <date>|says 'in transit' for <days> days|gives an error)",
            "(I have no|I never got a|there's no) tracking number (for <order>|for my <item>|in the mail), (where do I find it|can you send it)",
            "(will it|will my <item>|can it) (arrive|be here|make it) (before the holidays|by the weekend|by <date>)?",
        ),
    ),
    "damaged parcel": (
        ("damaged parcel", "box crushed", "arrived broken"),
        (
            "(the box|the parcel|packaging) (was|arrived|came) (crushed|torn open|soaked|badly dented) and the <item> (is cracked|is broken|has a dent|is scratched all over)",
            "(<carrier>|the courier|the driver) (clearly dropped it|threw it over the fence|left it in the rain), (the <item> is in pieces|now there's a big dent|glass everywhere)",
            "(opened|unpacked) (the box|it) (today|on <date>) and (found|saw) (the housing broken|the corner smashed|a crack right across), (photos attached|I can send pictures|pictures on request)",
        ),
    ),
    "pickup point": (
        ("pickup point", "collection (problem|code|point closed)", "pick-up"),
        (
            "(the pickup point|your collection point|the parcel shop) in <city> (was closed|has moved|couldn't find my parcel|turned me away)",
            "(can I|is it possible to|how do I) (change|switch) the pickup point (to one in <city>|to another one|closer to my work)?",
            "(the code|my pick-up code|the QR code) (doesn't work|was not accepted|never came), (they would not hand over|so I left without) (the parcel|my <item>)",
            "(how long|until when) (is the parcel kept|do they hold it|will you keep my box|can it stay) at the (pickup point|shop)?",
        ),
    ),
    "payment failed": (
        ("payment failed", "can't pay", "payment declined"),
        (
            "(I tried|tried|I have been trying) to pay (by|with|via) <pay> (<n> times|again and again|all evening) and (it fails|it is declined|the payment does not go through|I only get an error)",
            "(payment|paying) (by|with|via) <pay> (is rejected|stops at the last step|hangs on the confirmation page|throws an error), (the bank says everything is fine|there is enough money|worked last month)",
            "(every|each) attempt (to pay|at paying) <amount> ends (with 'transaction refused'|on a white page|in an error message|back in the basket)",
        ),
    ),
    "charged twice": (
        ("charged twice", "double charge", "<amount> taken two times"),
        (
            "(you|you have|your shop) (charged|took|debited) <amount> (twice|two times) (for order <order>|on <date>|for one <item>)",
            "(there are|I see|my statement shows) two (bookings|debits|payments) of <amount> (on <date>|for one order|from you)",
            "(paid once|one order|I bought one <item>), (two debits|money gone twice|two payments on my account), (please explain|how come|this can't be)",
        ),
    ),
    "promo code": (
        ("promo code", "voucher not accepted", "discount code (question|problem)"),
        (
            "(the|my|this) (promo code|voucher|discount code) (is not accepted|does not work|shows 'invalid'|gave me nothing off) (in the basket|at checkout|for the <item>|)",
            "(can I|is it allowed to|how do I) (use|combine|enter) (two codes|the voucher|a promo code) (in one order|for the <item>|with the sale price)?",
            "(forgot|I forgot) to enter the (code|voucher), (can you|could you) (still apply it|take <amount> off|credit it) (to order <order>|afterwards|)?",
        ),
    ),
    "change payment method": (
        ("change payment method", "pay another way", "switch to <pay>"),
        (
            "(I'd like|I want|would like) to (change|switch) (the payment|how I pay) (for order <order>|of my order|) (to <pay>|to something else)",
            "(can I|could I|is it possible to) pay (the rest|order <order>|for the <item>) (by|with|via) <pay> instead?",
        ),
    ),
    "how to return": (
        ("return (label|request|)", "how do I return", "sending back order <order>"),
        (
            "(how do I|how can I|what do I need to) (return|send back) (the <item>|my order|something I bought on <date>)?",
            "(where|how) (do I get|can I find|do I print) (the|a) return label?",
            "(I'd like|I want|we want) to (return|send back) the <item>, (it's too big|don't need it|not what I expected|changed my mind), (what now|what are the steps|who pays the postage)?",
            "(how many days|how long|until when) (do I have|can I) (to return|return) (it|the <item>|an opened box)?",
        ),
    ),
    "refund not received": (
        ("refund missing", "still no refund", "where's my money (<amount>|)"),
        (
            "(sent|I returned|returned) the <item> (on <date>|<days> days ago|weeks ago) and (no refund yet|still have not got my money|nothing on my account)",
            "(you|your colleague|the mail) (confirmed|promised) the refund of <amount> (on <date>|<days> days ago), (my account shows nothing|nothing came|where is it)",
            "(where is|I am still waiting for|when do I get) (my money|my <amount>|the refund) (for order <order>|for the returned <item>|)",
        ),
    ),
    "exchange": (
        ("exchange", "swap for another (colour|model)", "wants exchange"),
        (
            "(can I|I'd like to|is it possible to) (exchange|swap) the <item> for (another colour|a bigger one|the newer model|the same one in black)",
            "(the exchange|my exchange|the swap) (for order <order>|I asked for on <date>|) (has not started|got stuck|takes forever), (any news|what is happening)",
        ),
    ),
    "return refused": (
        ("return refused", "return rejected (unfairly|)", "you won't take it back"),
        (
            "(you|your warehouse|the return centre) (refused|rejected|sent back) my return (because the box was opened|saying it was used|without any reason), (that's not right|I used it once|it was faulty from the start)",
            "(the return|my return) of the <item> was (refused|declined) (on <date>|although I was within 30 days|as 'too late'), (I posted it in time|the law says otherwise|check the date on the label)",
        ),
    ),
    "defective product": (
        ("defective <product>", "broken after <days> days", "faulty <item>", "does not work"),
        (
            "(the|my|our) <item> (stopped working|died|gave up|won't switch on) (after <days> days|after one week|yesterday|on day one)",
            "(the <item>|this thing) (makes a grinding noise|smells of burning|turns itself off|leaks|overheats) (every time|after ten minutes|since <date>|all the time)",
            "(bought|got) the <product> (on <date>|<days> days ago) and (the display flickers|one side is dead|the button is stuck|it does not hold a charge)",
        ),
    ),
    "set-up": (
        ("set-up (help|)", "how to connect", "can't get it (going|running|connected)"),
        (
            "(I can't|I cannot|we can't) (set up|get going|connect) (the|my|our new) <product>, (the light keeps blinking|it never leaves the first step|the phone does not find it)",
            "(how do I|how does one) (connect the <item> to (my phone|the wifi|another network)|reset the <item>|start the <item> for the first time|pair the <item>)?",
            "(the instructions|the steps|the pictures) for the <product> (make no sense|skip something|don't match what I see), (what comes after step <n>|which button is meant|what do I press)?",
        ),
    ),
    "missing parts": (
        ("parts missing", "no cable in the box", "incomplete (delivery|set)"),
        (
            "(the box|my parcel|the set) (came without|is missing|lacks) (the cable|the lid|the screws|the adapter|the filter)",
            "(one part|the charger|the manual|a bracket) (is missing|was not in the box) (in my <item>|for the <product>|), (can you send it|please send it|how do I get it)",
        ),
    ),
    "compatibility": (
        ("does it fit", "compatibility question", "works with?"),
        (
            "(does|will) (the <item>|the <product>|it) (work with|fit|support) (my old phone|a 5 GHz network|220 volts|the filters of the older model|my wall socket)?",
            "(is|are) the <product> (compatible with|usable with|ok for) (an Android tablet|last year's model|other makers' parts|a smart home hub)?",
        ),
    ),
    "warranty repair": (
        ("warranty repair", "repair takes too long", "in repair since <date>"),
        (
            "(my|the) <item> (has been|is) (in repair|with your workshop) (since <date>|for <days> days) (and I hear nothing|with no news|already)",
            "(the workshop|your repair centre) (says it's not under warranty|wants <amount>|returned it unrepaired), (bought it on <date>|the warranty is two years|that can't be right)",
            "(came back|got it back) from (repair|the workshop) and (the same fault is there|it broke again within a day|now it has a scratch too)",
        ),
    ),
    "login": (
        ("can't log in", "password reset", "login (code|problem)"),
        (
            "(I can't|cannot|unable to) (log in|sign in|get into my account) (since <date>|any more|on my phone|)",
            "(the password reset|the reset mail|the sign-in code) (never arrives|does not come|expires before I can type it|ends in an error)",
            "(my account is|account) (locked|blocked) (after three attempts|for no reason|since <date>), (please unlock|how do I unlock it)",
        ),
    ),
    "change of data": (
        ("change of address", "new (e-mail|phone|surname)", "update my data"),
        (
            "(please|could you) (change|update|correct) my (address|phone number|surname|e-mail) (in the account|for order <order>|)",
            "(I moved|we have moved|I'm moving) to <city>, (how do I|where can I) (change|update) (the address|my data)?",
        ),
    ),
    "delete account": (
        ("delete my account", "close account", "erase data"),
        (
            "(please|I want you to|kindly) (delete|close|remove) my account (and all data|for good|today)",
            "(how do I|where can I) (delete|close) (my account|my profile) (completely|and get a confirmation)?",
        ),
    ),
    "loyalty points": (
        ("loyalty points", "points (missing|expired)", "bonus question"),
        (
            "(my|the) (points|bonus points|loyalty points) (for order <order>|from <date>|) (were not credited|have disappeared|are missing|expired)",
            "(how|where) (can I|do I) (spend|see|transfer) my (points|bonus points)?",
            "(how many|how much are) points (do I have|is an order of <amount>|worth), (and when do they expire|and how long are they valid)?",
        ),
    ),
    "app crash": (
        ("app crashes", "app freezes (on start|)", "app <version> bug"),
        (
            "(the app|your app|app version <version>) (crashes|closes itself|freezes) (on start|when I open my orders|after a few seconds|each time)",
            "(since the|after the last|after) update (the app|it) (does not open|is terribly slow|keeps crashing|logs me out)",
        ),
    ),
    "checkout error": (
        ("checkout error", "can't place order", "basket (empties|error)"),
        (
            "(at|during) checkout (I get error <n>|the page reloads forever|the button does nothing|my address disappears)",
            "(can't|I cannot|unable to) (finish|place|complete) my order, (the basket empties itself|the last step fails|it says 'unknown error')",
        ),
    ),
    "notifications": (
        ("notifications", "too many push messages", "no alerts"),
        (
            "(I get|the app sends) (far too many|dozens of|daily) (notifications|push messages), (how do I stop them|please turn them off)",
            "(push messages|notifications|alerts) (do not come|stopped) (since <date>|although they're switched on|on my new phone)",
        ),
    ),
    "site search": (
        ("search does not find", "search broken", "can't find (it|the <item>) on the site"),
        (
            "(the search|your search|the search box) (does not find|does not show|hides) the <product> (although it exists|on your site|even by its exact name)",
            "(the filters|sorting|the search results) (make no sense|are useless|show sold-out things), (I want|looking for) (a spare part|a <item>)",
        ),
    ),
    "cancel order": (
        ("cancel order <order>", "cancellation", "please cancel"),
        (
            "(please|could you|I'd like to) cancel (my order|order <order>|the <item> I ordered on <date>)(, ordered by mistake|, found it cheaper|, takes too long|)",
            "(how do I|can I still|where can I) cancel (an order|order <order>) (that has not been sent|before it ships|)?",
            "(I pressed|I've pressed) cancel (on <date>|), (but the status is still 'packed'|but it says too late|did it work)?",
        ),
    ),
    "change order": (
        ("change order <order>", "add (an item|another <item>)", "different delivery date"),
        (
            "(can I|is it possible to|please) (add|put) (one more <item>|another article|a filter) (to|into) (order <order>|my order)",
            "(please|I need to) (change|correct) (the delivery date|the quantity|the address|the colour) (of order <order>|in my order), (made a mistake|clicked too fast|plans have changed)",
        ),
    ),
    "wrong item": (
        ("wrong item (received|)", "got something else", "not what I ordered"),
        (
            "(I ordered|ordered) (a <item>|the <product>) and (got|received|you sent) (something else entirely|another colour|a different model|someone else's order)",
            "(the label|the delivery note) says <product> but (inside|in the box) (is something else|there's another article|was a totally different thing)",
        ),
    ),
    "availability": (
        ("in stock?", "availability of <product>", "when back"),
        (
            "when will the (<product>|<item>) be (back|available again|back in stock|on sale again)?",
            "(do you have|is there|have you still got) the <product> (in white|in stock|in your shop in <city>)?",
            "(the site|the page) says (sold out|'2 left'|available from <date>), (is that right|can I reserve one|does it include <city>)?",
        ),
    ),
    "wrong invoice": (
        ("invoice wrong", "wrong amount on invoice", "invoice for <order>"),
        (
            "(the invoice|your invoice|invoice) (for <order>|of <date>|) (shows <amount>|has the wrong address|names the wrong company|charges postage twice), (please correct it|I paid less|that is not right)",
            "(there's|I found) (a mistake|an error|a wrong sum) (on|in) (my bill|the invoice): (<amount> too much|wrong VAT|an item I never bought)",
        ),
    ),
    "subscription": (
        ("subscription", "unwanted renewal", "cancel filter subscription"),
        (
            "(my|the) (subscription|filter subscription) (was renewed|renewed itself|was extended) (without asking|although I cancelled|on <date>), (<amount> gone|I want it back|please reverse)",
            "(how do I|where can I) (stop|pause|end) (the subscription|my monthly plan|the filter plan)?",
        ),
    ),
    "tax receipt": (
        ("tax receipt", "VAT invoice", "need receipt for <order>"),
        (
            "(I need|please send|could you send) (a|the) (VAT invoice|tax receipt|receipt with the tax shown) (for order <order>|for <date>|for my accountant)",
            "(where|how) (do I|can I) (download|get|find) (the receipt|a tax receipt|an invoice with my company name)?",
        ),
    ),
    "service complaint": (
        ("complaint about service", "rude (agent|courier)", "nobody answers"),
        (
            "(your|the) (agent|colleague on the phone|support person) (was rude|hung up on me|did not listen|read from a script)",
            "(nobody|no one) (answers|calls back|takes responsibility), (third contact already|I get passed around|each one says something else)",
        ),
    ),
    "praise": (
        ("thanks", "great service", "very happy"),
        (
            "(the|my) <item> (is great|works beautifully|is exactly what I wanted|is lovely), (fast delivery|well packed|thank you)",
            "(just wanted|I want) to (say thanks|thank) (to your colleague|the team|), (solved in five minutes|so friendly|really helpful)",
            "(super fast|great|excellent) (delivery|service|shop), (everything fine|would buy again|recommended)",
        ),
    ),
    "offer terms": (
        ("question about the offer", "terms of the campaign", "who gets the discount"),
        (
            "(does|is) the (offer|campaign|discount) (valid for|apply to|count for) (the <product>|items on sale|orders over <amount>|old customers)?",
            "(until when|how long) (is the offer|does the campaign run|can I use the discount) (valid|)?",
        ),
    ),
    "general feedback": (
        ("suggestion", "an idea", "feedback on the shop"),
        (
            "(it would be nice|I'd love it|you should think about it:) (if the site had a dark mode|if you opened on Sundays|to have bigger pictures|to offer gift wrapping)",
            "(small suggestion|an idea|just a thought): (show spare parts next to the product|let us choose the hour of delivery|add a wish list|put reviews on top)",
        ),
    ),
}
