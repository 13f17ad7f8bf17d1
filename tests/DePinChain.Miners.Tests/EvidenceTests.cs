using System.Buffers.Binary;
using DePinChain.Crypto;
using DePinChain.Miners.Judging;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>Evidence roots and paths, and the draw of tasks.</summary>
public sealed class EvidenceTests
{
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");

    private static byte[] LeafOf(int number) => Evidence.Leaf(
        7, 3, Miner, SignedAnswer.None(Keccak256.Hash([(byte)number])), TaskVerdict.Silent, 0.5, new byte[81]);

    [Test]
    public void A_leaf_has_its_fields_where_they_are_said_to_be()
    {
        byte[] leaf = LeafOf(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(leaf, Has.Length.EqualTo(1 + 8 + 2 + 20 + 32 + 2 + 32 + 32 + 65 + 1 + 4 + 81));
            Assert.That(leaf[0], Is.EqualTo(1));
            Assert.That(BinaryPrimitives.ReadUInt64BigEndian(leaf.AsSpan(1)), Is.EqualTo(7));
            Assert.That(leaf[11..31], Is.EqualTo(Miner.ToArray()));
            Assert.That(leaf[194], Is.EqualTo((byte)TaskVerdict.Silent));
            Assert.That(BinaryPrimitives.ReadUInt32BigEndian(leaf.AsSpan(195)), Is.EqualTo(32_768));
        }
    }

    // Independent of the code: the path is folded from the rule in the documentation.
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(7)]
    [TestCase(16)]
    [TestCase(21)]
    public void Every_leaf_opens_to_the_root(int count)
    {
        byte[][] leaves = [.. Enumerable.Range(0, count).Select(LeafOf)];
        Hash256 root = Evidence.RootOf(leaves);
        for (int index = 0; index < count; index++)
        {
            var path = new Queue<Hash256>(Evidence.PathOf(leaves, index));
            Hash256 node = Keccak256.Hash([0, .. leaves[index]]);
            for (int at = index, width = count; width > 1; at /= 2, width = (width + 1) / 2)
            {
                if (at % 2 == 1) node = Keccak256.Hash([1, .. path.Dequeue().ToArray(), .. node.ToArray()]);
                else if (at + 1 < width) node = Keccak256.Hash([1, .. node.ToArray(), .. path.Dequeue().ToArray()]);
            }

            Assert.That(path, Is.Empty);
            Assert.That(Keccak256.Hash([0, 0, 0, 0, 0, 0, 0, (byte)count, .. node.ToArray()]), Is.EqualTo(root), $"leaf {index}");
        }
    }

    [Test]
    public void Without_checks_there_is_no_evidence() => Assert.That(Evidence.RootOf([]), Is.EqualTo(Hash256.Zero));

    [Test]
    public void A_task_is_what_the_draw_says_and_another_for_each_validator_miner_epoch_and_beacon()
    {
        Hash256 beacon = Keccak256.Hash("beacon"u8);
        Hash256 alpha = AuditDraw.Alpha(1, 2, 3, Miner, 0, beacon);
        AuditTask task = AuditDraw.Draw(Hotkeys.Second, alpha, firstBlock: 100, blocks: 10, maxTokens: 64);
        Hash256[] alphas =
        [
            alpha, AuditDraw.Alpha(9, 2, 3, Miner, 0, beacon), AuditDraw.Alpha(1, 9, 3, Miner, 0, beacon),
            AuditDraw.Alpha(1, 2, 9, Miner, 0, beacon), AuditDraw.Alpha(1, 2, 3, Hotkeys.Second.Address, 0, beacon),
            AuditDraw.Alpha(1, 2, 3, Miner, 1, beacon), AuditDraw.Alpha(1, 2, 3, Miner, 0, alpha),
        ];
        string[] prompts =
        [
            .. alphas.Select(one => AuditDraw.Draw(Hotkeys.Second, one, 100, 10, 64).Request.Prompt),
            AuditDraw.Draw(Hotkeys.First, alpha, 100, 10, 64).Request.Prompt,
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AuditDraw.Draw(Hotkeys.Second, alpha, 100, 10, 64).Request, Is.EqualTo(task.Request));
            Assert.That(prompts.Distinct().Count(), Is.EqualTo(prompts.Length));
            Assert.That(task.DueAt, Is.InRange(100UL, 109UL));
            Assert.That(task.Request.MaxTokens, Is.InRange(8U, 64U));
            Assert.That(Vrf.TryVerify(Hotkeys.Second.PublicKeyCompressed, alpha.ToArray(), task.Proof, out _), Is.True);
        }
    }

    [Test]
    public async Task Lines_of_a_stranger_are_bounded_one_by_one_and_together()
    {
        var reader = new LineReader(new MemoryStream("one\n\ntwo"u8.ToArray()), 8, 64);
        Assert.That(await reader.NextAsync(default), Is.EqualTo("one"u8.ToArray()));
        Assert.That(await reader.NextAsync(default), Is.Empty);
        Assert.That(await reader.NextAsync(default), Is.EqualTo("two"u8.ToArray()));
        Assert.That(await reader.NextAsync(default), Is.Null);
        await Assert.ThrowsAsync<MinerSilentException>(() => new LineReader(new MemoryStream(new byte[9]), 8, 64).NextAsync(default));
        await Assert.ThrowsAsync<MinerSilentException>(() => new LineReader(new MemoryStream(new byte[65]), 128, 64).NextAsync(default));
    }
}
