using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

[TestFixture]
internal sealed class ValidatorSetTests
{
    private static readonly Address A = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Address B = Address.Parse("0x00000000000000000000000000000000000000bb");
    private static readonly Address C = Address.Parse("0xcc00000000000000000000000000000000000000");

    [Test]
    public void The_hash_is_that_of_the_bytes_written_by_hand()
    {
        // u32 n = 2, then 20 bytes of address and 8 of power for each, the lower address first: 1 and 256.
        byte[] bytes = Hex.Decode(
            "0x00000002"
            + "00000000000000000000000000000000000000aa" + "0000000000000001"
            + "cc00000000000000000000000000000000000000" + "0000000000000100");
        ValidatorSet set = new([new Validator(C, 256), new Validator(A, 1)]);
        Assert.That(set.Encode(), Is.EqualTo(bytes));
        Assert.That(set.Hash, Is.EqualTo(Keccak256.Hash(bytes)));
        Assert.That(set.TotalPower, Is.EqualTo((UInt128)257));
    }

    [Test]
    public void Validators_stand_in_ascending_order_whatever_order_they_came_in()
    {
        ValidatorSet set = new([new Validator(C, 1), new Validator(A, 2), new Validator(B, 3)]);
        Assert.That(set.Select(validator => validator.Address), Is.EqualTo(new[] { A, B, C }));
        Assert.That(set.Select(validator => set.IndexOf(validator.Address)), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(set.IndexOf(Address.Zero), Is.EqualTo(-1));
        Assert.That(set, Is.EqualTo(new ValidatorSet([new Validator(B, 3), new Validator(C, 1), new Validator(A, 2)])));
    }

    [Test]
    public void A_set_refuses_doubles_no_power_and_too_much_power()
    {
        Assert.That(
            () => new ValidatorSet([new Validator(A, 1), new Validator(A, 2)]), Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(() => new ValidatorSet([new Validator(A, 0)]), Throws.ArgumentException.With.Message.Contains("no power"));
        Assert.That(
            () => new ValidatorSet([new Validator(A, ValidatorSet.TotalPowerBound - 1), new Validator(B, 1)]),
            Throws.ArgumentException.With.Message.Contains("2^60"));
        Assert.That(new ValidatorSet([new Validator(A, ValidatorSet.TotalPowerBound - 1)]).Count, Is.EqualTo(1));
    }

    [TestCase("0x", "4 bytes")]
    [TestCase("0x0000000100", "4 bytes")]
    [TestCase("0x00000001", "says 1")]
    [TestCase("0x00000000" + "00000000000000000000000000000000000000aa" + "0000000000000001", "holds 1")]
    [TestCase("0xffffffff" + "00000000000000000000000000000000000000aa" + "0000000000000001", "says 4294967295")]
    [TestCase("0x00000001" + "00000000000000000000000000000000000000aa" + "0000000000000000", "no power")]
    [TestCase("0x00000001" + "00000000000000000000000000000000000000aa" + "1000000000000000", "2^60")]
    [TestCase(
        "0x00000002" + "00000000000000000000000000000000000000aa" + "0000000000000001"
        + "00000000000000000000000000000000000000aa" + "0000000000000001",
        "twice")]
    [TestCase(
        "0x00000002" + "00000000000000000000000000000000000000bb" + "0000000000000001"
        + "00000000000000000000000000000000000000aa" + "0000000000000001",
        "ascending")]
    public void Bytes_that_no_set_has_are_refused(string hex, string reason)
    {
        Assert.That(ValidatorSet.TryDecode(Hex.Decode(hex), out _, out string? why), Is.False);
        Assert.That(why, Does.Contain(reason));
        Assert.That(() => ValidatorSet.Decode(Hex.Decode(hex)), Throws.TypeOf<FormatException>());
    }

    // 3·part > 2·total and 3·part > total; equality is not enough.
    [TestCase(2ul, 3ul, false, true)]
    [TestCase(3ul, 3ul, true, true)]
    [TestCase(1ul, 3ul, false, false)]
    [TestCase(67ul, 100ul, true, true)]
    [TestCase(66ul, 100ul, false, true)]
    [TestCase(34ul, 100ul, false, true)]
    [TestCase(33ul, 100ul, false, false)]
    [TestCase(0ul, 0ul, false, false)]
    public void Quorums_are_strictly_more(ulong part, ulong total, bool isQuorum, bool isThird)
    {
        Assert.That(ValidatorSet.IsQuorum(part, total), Is.EqualTo(isQuorum));
        Assert.That(ValidatorSet.IsThird(part, total), Is.EqualTo(isThird));
    }

    [Test]
    public void What_is_encoded_is_decoded() => Prop.ForAll<ulong[]>(powers =>
    {
        ValidatorSet set = new(powers.Select((power, index) => new Validator(Address.FromLow((ulong)index * 977), 1 + (power >> 40))));
        ValidatorSet read = ValidatorSet.Decode(set.Encode());
        return read.Equals(set) && read.Encode().AsSpan().SequenceEqual(set.Encode()) && read.TotalPower == set.TotalPower;
    }).QuickCheckThrowOnFailure();
}
