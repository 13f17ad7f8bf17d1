using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class EventTests
{
    [Test]
    public void Indexed_values_stand_in_their_topics_and_texts_are_hashed()
    {
        InMemoryWorld world = new();
        new Logs(Stage.Bob, world).Emit(new Sampled("sam", Stage.Alice, -1, [0xab]));

        InMemoryLog log = world.Logs.Single();
        Assert.That(log.Emitter, Is.EqualTo(Stage.Bob));

        // keccak256 of the signature and of "sam" by an independent Keccak-256; -1 is all ones.
        Assert.That(log.Topics.Select(topic => topic.ToString()), Is.EqualTo(new[]
        {
            SampledTopic,
            SamHash,
            "0x00000000000000000000000000000000000000000000000000000000000a11ce",
            "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        }));
        Assert.That(log.Payload, Is.EqualTo((byte[])[.. Stage.Words("20", "1"), 0xab, .. new byte[31]]));
    }

    [Test]
    public void An_event_of_values_reads_back()
    {
        InMemoryWorld world = new();
        Transfer sent = new(Stage.Alice, Stage.Bob, 7);
        new Logs(Stage.Bob, world).Emit(sent);

        InMemoryLog log = world.Logs.Single();
        Assert.That(log.As<Transfer>(), Is.EqualTo(sent));
        Assert.That(log.As<NativeTransfer>(), Is.Null);
        Assert.That(Transfer.TryDecode([.. log.Topics], log.Payload.AsSpan(1), out _), Is.False);
        Assert.That(Transfer.TryDecode([.. log.Topics.Take(2)], log.Payload, out _), Is.False);
        Hash256 dirty = Hash256.Parse("0x01" + new string('0', 62));
        Assert.That(Transfer.TryDecode([log.Topics[0], dirty, log.Topics[2]], log.Payload, out _), Is.False);
    }

    [Test]
    public void An_event_with_tuples_reads_back()
    {
        Plan plan = new("t", [1], new Slice(1, Stage.Alice, 2, false, Phase.Paid), [3], [new Score(4)]);
        Planned planned = new(Phase.Paid, plan, true);
        Assert.That(Planned.TryDecode(planned.Topics(), planned.Payload(), out Planned decoded), Is.True);
        Assert.That(decoded.Plan.Steps, Is.EqualTo(plan.Steps));
        Assert.That(decoded.Plan.Part, Is.EqualTo(plan.Part));
        Assert.That(planned.Topics()[1], Is.EqualTo(Hash256.Parse("0x" + new string('0', 63) + "1")));
    }

    [Test]
    public void An_error_is_its_selector_and_arguments()
    {
        ERC20InsufficientBalance error = new(Stage.Alice, 1, 2);
        Assert.That(error.Encode(), Is.EqualTo((byte[])[.. Hex.Decode("e450d38c"), .. Stage.Words("a11ce", "1", "2")]));
        Assert.That(ERC20InsufficientBalance.TryDecode(error.Encode(), out ERC20InsufficientBalance decoded), Is.True);
        Assert.That(decoded, Is.EqualTo(error));
        Assert.That(ERC20InsufficientBalance.TryDecode(error.Encode().AsSpan(0, 99), out _), Is.False);
        Assert.That(ERC20InsufficientBalance.TryDecode([0xe4, 0x50], out _), Is.False);
    }

    // Solidity, "Panic via assert and Error via require"; Error(string) is 0x08c379a0, Panic(uint256) 0x4e487b71.
    [Test]
    public void Reasons_and_panics_are_Soliditys()
    {
        Assert.That(
            Revert.WithReason("no").ReturnData,
            Is.EqualTo((byte[])[.. Hex.Decode("08c379a0"), .. Stage.Words("20", "2"), 0x6e, 0x6f, .. new byte[30]]));
        Assert.That(Revert.Panic(PanicCode.Overflow).ReturnData, Is.EqualTo((byte[])[.. Hex.Decode("4e487b71"), .. Stage.Words("11")]));
    }

    private const string SampledTopic = "0xca711260426bce6079fe7bf1149f618100509f056aafb3f965c790ea23d76dc4";
    private const string SamHash = "0x86c415aad770215f3c35d475495cbe3957f7e4c492904ee84ad5cb53626da4e5";
}
