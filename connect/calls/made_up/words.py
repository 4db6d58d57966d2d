"""Names, places and sentences for made-up calls. All of them were written for this project; nobody is meant."""

from __future__ import annotations

GIVEN_NAMES = (
    *("Aarti", "Abhay", "Aditi", "Ajit", "Amrita", "Anand", "Anjali", "Arvind", "Asha", "Bhavna", "Chetan", "Deepa"),
    *("Devika", "Farah", "Gauri", "Girish", "Harpreet", "Imran", "Indira", "Jaya", "Jatin", "Kabir", "Kavita", "Lata"),
    *(
        "Madhav",
        "Manju",
        "Meera",
        "Mohan",
        "Nandini",
        "Naveen",
        "Nisha",
        "Omkar",
        "Pallavi",
        "Prakash",
        "Rahul",
        "Rekha",
    ),
    *("Ritu", "Rohan", "Sameer", "Sarita", "Shabnam", "Sunil", "Tara", "Uday", "Usha", "Vidya", "Vikram", "Zoya"),
)
SURNAMES = (
    *("Agarwal", "Bhat", "Chauhan", "Das", "Desai", "Fernandes", "Ghosh", "Gill", "Gupta", "Hegde", "Iyer", "Jain"),
    *("Joshi", "Kamat", "Khan", "Kulkarni", "Menon", "Mishra", "Nair", "Naidu", "Pandey", "Patel", "Pillai", "Prasad"),
    *("Qureshi", "Rao", "Reddy", "Saxena", "Sharma", "Shetty", "Singh", "Sinha", "Thomas", "Trivedi", "Varma", "Yadav"),
)
COMPANIES = (
    *("Banyan Stores", "Blue Lotus Hotels", "Chandni Textiles", "Coral Clinics", "Deccan Tiles", "Gulmohar Foods"),
    *("Himadri Travels", "Kaveri Motors", "Monsoon Prints", "Nilgiri Traders", "Peepal Furniture", "Saffron Labs"),
)
# city, state, telecom circle, the first three digits of its postal codes
CITIES = (
    ("Mumbai", "Maharashtra", "Mumbai", "400"),
    ("Pune", "Maharashtra", "Maharashtra", "411"),
    ("New Delhi", "Delhi", "Delhi", "110"),
    ("Bengaluru", "Karnataka", "Karnataka", "560"),
    ("Mysuru", "Karnataka", "Karnataka", "570"),
    ("Chennai", "Tamil Nadu", "Tamil Nadu", "600"),
    ("Hyderabad", "Telangana", "Andhra Pradesh", "500"),
    ("Kolkata", "West Bengal", "Kolkata", "700"),
    ("Ahmedabad", "Gujarat", "Gujarat", "380"),
    ("Kochi", "Kerala", "Kerala", "682"),
    ("Jaipur", "Rajasthan", "Rajasthan", "302"),
    ("Ludhiana", "Punjab", "Punjab", "141"),
)
ITEMS = ("a ceiling fan", "a water purifier", "a mixer", "a washing machine", "an inverter", "a refrigerator")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

DISPOSITIONS = {
    "Sales": ("sold", "quote sent", "call back", "not interested"),
    "Support": ("solved", "visit booked", "passed on", "call back"),
    "Field service": ("visit booked", "part ordered", "solved"),
    "Billing": ("invoice sent", "refund promised", "explained"),
}
NOTES = {
    "Sales": (
        "Asked for the price of {item}. Wants delivery by {day}.",
        "Compares two models of {item}; sent both leaflets.",
        "Ready to order {item}, waits for the exchange offer.",
    ),
    "Support": (
        "{Item} makes a noise since {day}. Tried the reset, no change.",
        "Could not find the manual for {item}; sent the link.",
        "Second call about {item}. Please ring back before {day}.",
    ),
    "Field service": (
        "Visit for {item} on {day}, between ten and twelve.",
        "Spare part for {item} arrives on {day}; customer knows.",
    ),
    "Billing": (
        "Paid twice for {item}; refund asked for.",
        "Needs the invoice for {item} with the firm's tax number.",
    ),
}
# who speaks, what they say
DIALOGUES = {
    "en-IN": (
        (
            ("agent", "Good morning, how can I help you?"),
            ("caller", "I bought {item} from you and I have a question about it."),
            ("agent", "Certainly. May I have the order number, please?"),
            ("caller", "I do not have it with me, but I can look for it."),
            ("agent", "No trouble, I found it by your number. We can come on {day}."),
            ("caller", "{Day} suits me. Thank you."),
        ),
        (
            ("agent", "Thank you for waiting. What is it about?"),
            ("caller", "I would like to know what {item} costs with delivery."),
            ("agent", "The price on the website includes delivery and fitting."),
            ("caller", "Then please keep one for me until {day}."),
        ),
        (
            ("agent", "Billing, good afternoon."),
            ("caller", "I was charged twice for {item}."),
            ("agent", "I can see both payments. One of them goes back to you by {day}."),
            ("caller", "All right. Please send me that in writing."),
            ("agent", "The message is on its way."),
        ),
    ),
    "hi-IN": (
        (
            ("agent", "नमस्ते, मैं आपकी क्या मदद कर सकती हूँ?"),
            ("caller", "मेरी मशीन कल से बंद है।"),
            ("agent", "हम कल सुबह किसी को भेज देंगे।"),
            ("caller", "ठीक है, धन्यवाद।"),
        ),
    ),
}
