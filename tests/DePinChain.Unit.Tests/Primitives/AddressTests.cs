using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class AddressTests
{
    // The examples of EIP-55: all upper, all lower, normal.
    private static readonly string[] Eip55 =
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    [TestCaseSource(nameof(Eip55))]
    public void An_address_shows_its_checksum(string text)
    {
        Assert.That(Address.Parse(text).ToString(), Is.EqualTo(text));
        Assert.That(Address.Parse("0x" + text[2..].ToLowerInvariant()).ToString(), Is.EqualTo(text));
        Assert.That(Address.Parse("0x" + text[2..].ToUpperInvariant()).ToString(), Is.EqualTo(text));
    }

    [TestCase("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Description = "one letter's case is wrong")]
    [TestCase("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [TestCase("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd")]
    [TestCase("0xgaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [TestCase("")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.That(Address.TryParse(text, out _), Is.False);
        Assert.That(() => Address.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_module_address_ends_in_its_number() =>
        Assert.That(Address.FromLow(0x1001).ToString(), Is.EqualTo("0x0000000000000000000000000000000000001001"));

    [Test]
    public void The_low_eight_bytes_hold_any_number() =>
        Assert.That(Hex.Encode(Address.FromLow(0x0123456789abcdef).ToArray()), Is.EqualTo("0x0000000000000000000000000123456789abcdef"));

    [Test]
    public void Addresses_are_ordered_as_their_bytes()
    {
        string[] ascending =
        [
            "0x0000000000000000000000000000000000000001",
            "0x0000000000000000000000000000000100000000",
            "0x0000000000000000000000010000000000000000",
            "0x0000000000000001000000000000000000000000",
            "0x8000000000000000000000000000000000000000",
            "0xffffffffffffffffffffffffffffffffffffffff",
        ];
        for (int i = 1; i < ascending.Length; i++)
        {
            Address lower = Address.Parse(ascending[i - 1]), higher = Address.Parse(ascending[i]);
            Assert.That(lower, Is.LessThan(higher));
            Assert.That(lower < higher && higher > lower && lower <= higher && higher >= lower && lower != higher, Is.True);
        }
    }

    [Test]
    public void An_address_has_20_bytes()
    {
        Assert.That(() => new Address(new byte[19]), Throws.TypeOf<ArgumentException>());
        Assert.That(() => new Address(new byte[21]), Throws.TypeOf<ArgumentException>());
        Assert.That(new Address(new byte[20]), Is.EqualTo(Address.Zero));
        Assert.That(Address.Zero.IsZero, Is.True);
        Assert.That(Address.FromLow(1).IsZero, Is.False);
    }
}
