using DePinChain.Client.Committees;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;
using DePinChain.Worker;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Disputes;

namespace DePinChain.Gpu.Tests.Verdicts;

/// <summary>Answers whose trace is wrong: what a worker keeps of them through kills, and which element it shows.</summary>
public sealed class DoubtTests
{
    private static readonly Address Worker = Address.FromLow(9);
    private static readonly Address Miner = Address.FromLow(11);

    private string _folder = "";

    private string JournalPath => Path.Combine(_folder, "journal.log");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("depin-doubts-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_doubt_outlives_its_job_and_every_restart_until_it_is_settled()
    {
        (AuditFacts audit, byte[] bytes) = Shown();
        using (Journal journal = Journal.Open(JournalPath))
        {
            DoubtBook doubts = new(Path.Combine(_folder, "disputes"), journal);
            doubts.Add(4, audit, bytes, 1, 77);
            Assert.That(doubts.Open, Is.Empty, "nobody plays without a verifier's key");
            doubts.Player = Worker;
            doubts.Add(4, audit, bytes, 1, 77);
            doubts.Add(4, audit, bytes, 2, 78);
            journal.Append(new JournalEntry { Kind = JournalKind.Call, Hash = "0x1", Acts = [Act.Turn("open", 4)] });
            journal.Append(new JournalEntry { Kind = JournalKind.Landed, Hash = "0x1" });
        }

        using (Journal again = Journal.Open(JournalPath))
        {
            again.Compact(new HashSet<ulong>());
            DoubtBook doubts = new(Path.Combine(_folder, "disputes"), again) { Player = Worker };
            JournalEntry open = doubts.Open.Single();
            Doubt doubt = open.Doubt!;
            Assert.That((open.Job, open.Worker, doubt.Position, doubt.At), Is.EqualTo((4UL, Worker.ToString(), 1U, 77UL)), "the first");
            Assert.That(
                (doubt.Batch, doubt.Index, doubt.Model, doubt.Miner), Is.EqualTo((audit.Batch, audit.Index, 3UL, Miner.ToString())));
            Assert.That(doubts.Find(4)!.Bytes, Is.EqualTo(bytes));
            Assert.That(again.Entries.Count(static entry => entry.Kind == JournalKind.Call), Is.EqualTo(1), "its turns are remembered");
            doubts.Settle(4);
            Assert.That((doubts.Open.Count, doubts.Find(4)), Is.EqualTo((0, (ShownAnswer?)null)));
            doubts.Add(4, audit, bytes, 1, 79);
            Assert.That(doubts.Open, Is.Empty, "what is settled is not begun again");
        }

        using Journal last = Journal.Open(JournalPath);
        last.Compact(new HashSet<ulong>());
        Assert.That(last.Entries, Is.Empty, "nothing of it is kept for ever");
    }

    [Test]
    public void An_exact_answer_is_shown_only_with_all_leaves_of_its_trace()
    {
        (AuditFacts audit, byte[] bytes) = Shown();
        ShownAnswer shown = ShownAnswer.Decode(bytes)!;
        Assert.That(shown.Leads(audit));
        Assert.That((shown with { Reply = shown.Reply with { Leaves = [] } }).Leads(audit), Is.False);
        Assert.That((shown with { Reply = shown.Reply with { Leaves = [.. shown.Reply.Leaves.Skip(1)] } }).Leads(audit), Is.False);
        Assert.That(shown.Leads(audit with { Index = 1 }), Is.False);
        Assert.That(shown.Leads(audit with { Root = Hash256.Zero }), Is.False);
        AuditFacts tolerant = audit with { Model = audit.Model with { Profile = ArithmeticProfile.Tolerant } };
        Assert.That((shown with { Reply = shown.Reply with { Leaves = [] } }).Leads(tolerant), "a tolerant answer has no trace");
        Assert.That(ShownAnswer.Decode(bytes[..^1]), Is.Null);
        Assert.That(ShownAnswer.Decode([]), Is.Null);
    }

    // Four rows of two weights over x = (2, 3): 2·(row + 1) + 3·0.5, each exact in single precision.
    [Test]
    public void The_first_wrong_element_is_shown()
    {
        byte[] Row(int row) => [.. BitConverter.GetBytes(row + 1f), .. BitConverter.GetBytes(0.5f)];
        byte[] input = [.. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(3f)];
        byte[] output = [.. new[] { 3.5f, 5.5f, 7.5f, 9.5f }.SelectMany(BitConverter.GetBytes)];
        Assert.That(Find(input, output), Is.Null);
        byte[] wrong = [.. output];
        wrong[8] ^= 1;
        Assert.That(Find(input, wrong), Is.EqualTo(2), "one bit of the third element");
        Assert.That(Find(input, output[..12]), Is.EqualTo(3), "an element that was not shown");
        Assert.That(Find(input[..4], output), Is.Zero, "an input of another length than the rows");
        Assert.That(Find([.. input[..4], .. BitConverter.GetBytes(float.NaN)], output), Is.Zero, "no number");
        Assert.That(Find([], []), Is.Zero, "a layer that was left out");

        // bfloat16 rows: 1, 0.5 and so on are the upper halves of the same singles.
        byte[] Brain(int row) => [.. Row(row)[2..4], .. Row(row)[6..8]];
        Assert.That(WrongElement.Find(input, output, isInt8: false, isBrain: true, 4, Brain), Is.Null);

        int? Find(byte[] x, byte[] y) => WrongElement.Find(x, y, isInt8: false, isBrain: false, 4, Row);
    }

    private static (AuditFacts Audit, byte[] Bytes) Shown()
    {
        Hash256[] leaves = [Keccak256.Hash("first"u8), Keccak256.Hash("second"u8)];
        Transcript transcript = new([new TranscriptChunk([7, 9], new byte[] { 1 }, Hash256.Zero)]);
        AnswerReceipt receipt = new(
            ReceiptTree.RootOf(leaves), [5], 2, SamplingOptions.Greedy, new Generation([7, 9], FinishReason.Length, transcript));
        Hash256 root = ReceiptTree.RootOf([receipt.Hash]);
        RegisteredModel model = new(
            ArithmeticProfile.ExactInt8, 1, Hash256.Zero, Hash256.Zero, Hash256.Zero, Hash256.Zero, 1, ToplocThresholds.Default,
            TokenThresholds.Exact);
        AuditFacts audit = new(model, 3, Miner, null, 6, root, 0, 1);
        return (audit, ReceiptRequest.Encode(ReceiptTree.PathOf([receipt.Hash], 0), leaves, receipt.Encode()));
    }
}
