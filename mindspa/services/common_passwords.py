"""Long passwords that are tried first by whoever guesses, written without spaces."""

COMMON_PASSWORDS = frozenset(
    """
    0123456789ab 012345678910 098765432109 0987654321qw 1029384756qp 111111222222 112233445566
    123123123123 1234567890- 1234567890-= 123456123456 123456654321 123456789000 1234567890123
    12345678901234 123456789012345 1234567890ab 1234567890abc 1234567890qw 1234567890qwerty
    1234567891011 123456789101112 12345678910 123456789abc 123456789qwe 123456789qwerty
    1234567890a 123456789012 1234qwer1234 1234qwerasdf 1234qwerasdfzxcv 12qwaszx12qw 147258369147
    147258369000 1q2w3e1q2w3e 1q2w3e4r1q2w 1q2w3e4r1q2w3e4r 1q2w3e4r5t6y 1q2w3e4r5t6y7u
    1q2w3e4r5t6y7u8i 1qaz1qaz1qaz 1qaz2wsx1qaz 1qaz2wsx1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv
    1qazxsw23edc 321321321321 654321654321 987654321000 987654321098 9876543210ab abc123abc123
    abc123456789 abcabcabcabc abcd1234abcd abcd12345678 abcdefghijkl abcdefghijklm abcdefghijklmnop
    adminadmin12 adminadminadmin administrator administrator1 administrator123 adminpassword
    babygirl1234 babyboy12345 baseball1234 basketball12 basketball123 beautiful123 bismillah123
    butterfly123 chocolate123 changeme1234 changemenow1 computer1234 correcthorsebatterystaple
    defaultpassword dragon123456 facebook1234 football1234 football12345 fuckyou12345
    godisgreat12 goodmorning1 goodmorning12 hellohello12 hello1234567 helloworld12 helloworld123
    iloveyou1234 iloveyou12345 iloveyou123456 iloveyouforever iloveyousomuch ilovemyfamily
    internet1234 jesuschrist1 jesuslovesme jordan123456 ketamine1234 ketamine2026 letmein12345
    letmein123456 letmeinplease liverpool123 lovelovelove master123456 michael12345
    mindspa12345 mindspa123456 mindspaoutcomes mindspapassword monkey123456 mypassword12
    mypassword123 mypassword1234 newpassword1 newpassword12 newpassword123 p@ssw0rd1234
    p@ssword1234 pa$$word1234 passw0rd1234 passw0rd12345 password0000 password1111 password1212
    password1234 password1234! password12345 password123456 password1234567 password12345678
    password123! password123!! password1password1 password2024 password2025 password2026
    password2027 passwordabc1 passwordpassword passwordpassword1 pokemon12345 princess1234
    princess12345 q1w2e3r4t5y6 q1w2e3r4t5y6u7 qazwsx123456 qazwsxedc123 qazwsxedcrfv
    qazwsxedcrfvtgb qwaszx123456 qwe123qwe123 qweasdzxc123 qweqweqweqwe qwer1234qwer qwer12345678
    qwerasdfzxcv qwerty111111 qwerty123123 qwerty123456 qwerty1234567 qwerty12345678
    qwerty123456789 qwerty1234567890 qwertyqwerty qwertyqwerty1 qwertyuiop12 qwertyuiop123
    qwertyuiop1234 qwertyuiopas qwertyuiopasdf qwertyuiopasdfghjkl qwertyuiop[] samsung12345
    secret123456 shadow123456 spring2026!! starwars1234 summer202612 summer2026!! sunshine1234
    sunshine12345 superman1234 superman12345 temporary123 temporarypassword test12345678
    testpassword testpassword1 testtesttest thisismypassword trustno12345 unbelievable
    welcome12345 welcome123456 welcome1234! winter2026!! welcomewelcome yourpassword
    zaq12wsxcde3 zaq1zaq1zaq1 zxcvbnm12345 zxcvbnm123456 zxcvbnmasdfg zxcvbnmzxcvbnm
    zxcvbnm,./123
    """.split()  # noqa: SIM905 - one word a string would be two hundred lines
)
