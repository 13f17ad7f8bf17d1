using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Sampling;
using DePinChain.Miners.Receipts;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>Answers that a miner must be able to show: through restarts, and to verifiers only.</summary>
public sealed class ReceiptStoreTests
{
    private string _folder = "";

    [SetUp]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("receipts-").FullName;

    [TearDown]
    public void End() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_batch_is_shown_answer_by_answer_after_a_restart_too()
    {
        var store = new ReceiptStore(_folder);
        Assert.That(store.Propose(5), Is.Null, "nothing waits");
        AnswerReceipt[] answers = [Answer(1), Answer(2), Answer(3)];
        foreach (AnswerReceipt answer in answers) store.Add(answer, []);
        BatchNote batch = store.Propose(5)!;
        Assert.That((batch.Answers.Length, batch.Tokens, batch.Head), Is.EqualTo((3, 6UL, 5UL)));
        Assert.That(store.Propose(6), Is.Null, "an answer is in one batch");
        store.Add(Answer(4), [Keccak256.Hash("one"u8), Keccak256.Hash("two"u8)]);

        var again = new ReceiptStore(_folder);
        Assert.That(again.Uncommitted.Select(static note => note.Root), Is.EqualTo(new[] { batch.Root }));
        again.Committed(batch);
        Assert.That(new ReceiptStore(_folder).Uncommitted, Is.Empty);
        Hash256 root = Hash256.Parse(batch.Root);
        for (uint index = 0; index < 3; index++)
        {
            ReceiptReply shown = again.Find(root, index)!;
            Assert.That(AnswerReceipt.Decode(shown.Receipt)!.Hash, Is.EqualTo(answers[index].Hash));
            Assert.That(ReceiptTree.Leads(answers[index].Hash, index, 3, shown.Path, root));
            Assert.That(shown.Leaves, Is.Empty);
        }

        Assert.That(again.Find(root, 3), Is.Null);
        Assert.That(again.Find(Hash256.Zero, 0), Is.Null);
        BatchNote next = again.Propose(9)!;
        Assert.That(next.Answers, Has.Length.EqualTo(1), "what came after the batch waits for the next");
        Assert.That(
            again.Find(Hash256.Parse(next.Root), 0)!.Leaves, Is.EqualTo(new[] { Keccak256.Hash("one"u8), Keccak256.Hash("two"u8) }));
    }

    [Test]
    public void What_is_too_old_is_forgotten_but_not_what_the_chain_does_not_have()
    {
        var store = new ReceiptStore(_folder);
        store.Add(Answer(1), [Hash256.Zero]);
        BatchNote committed = store.Propose(5)!;
        store.Add(Answer(2), []);
        BatchNote open = store.Propose(6)!;
        store.Committed(committed);
        store.ForgetBefore(100);
        Assert.That(store.Find(Hash256.Parse(committed.Root), 0), Is.Null);
        Assert.That(store.Find(Hash256.Parse(open.Root), 0), Is.Not.Null);
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void A_request_names_who_asks_and_a_reply_is_read_back_or_refused()
    {
        using PrivateKey key = PrivateKey.Generate();
        Address miner = Address.FromLow(7);
        Hash256 root = Keccak256.Hash("root"u8), digest = ReceiptRequest.DigestOf(1, miner, root, 3);
        Assert.That(ReceiptRequest.TrySigner(digest, key.Sign(digest).ToArray(), out Address signer));
        Assert.That(signer, Is.EqualTo(key.Address));
        Hash256 other = ReceiptRequest.DigestOf(1, miner, root, 4);
        Assert.That(ReceiptRequest.TrySigner(other, key.Sign(digest).ToArray(), out signer) && signer == key.Address, Is.False);
        Assert.That(ReceiptRequest.TrySigner(digest, new byte[64], out _), Is.False);
        byte[] reply = ReceiptRequest.Encode([root, digest], [other], [1, 2, 3]);
        ReceiptReply read = ReceiptRequest.Decode(reply)!;
        Assert.That(
            (read.Path, read.Leaves, read.Receipt), Is.EqualTo((new[] { root, digest }, new[] { other }, new byte[] { 1, 2, 3 })));

        // Nothing, half a length, more steps than a batch has, a step that is cut, a leaf that is cut, more leaves than an answer has.
        byte[] many = [0, 0, 0, 8, 0, 1];
        foreach (byte[] bad in new[] { Array.Empty<byte>(), [0], [0, 33], [0, 1, 5], reply[..40], reply[..69], reply[..90], many })
            Assert.That(ReceiptRequest.Decode(bad), Is.Null);
    }

    private static AnswerReceipt Answer(int number)
    {
        Transcript transcript = new([new TranscriptChunk([number, 9], new byte[] { 1 }, Hash256.Zero)]);
        return new AnswerReceipt(
            Hash256.Zero, [number], 2, SamplingOptions.Greedy, new Generation([number, 9], FinishReason.Length, transcript));
    }
}
