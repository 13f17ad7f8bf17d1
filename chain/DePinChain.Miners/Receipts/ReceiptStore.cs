using System.Globalization;
using System.Text.Json;
using DePinChain.Client.Committees;
using DePinChain.Inference.Commitments;
using DePinChain.Miners.Homes;
using DePinChain.Primitives;

namespace DePinChain.Miners.Receipts;

/// <summary>Answers that belong together on the chain.</summary>
/// <param name="Root">Their root.</param>
/// <param name="Head">The chain's height when they were put together: the commitment is not older.</param>
/// <param name="Answers">Their numbers in order.</param>
/// <param name="Tokens">Tokens of all.</param>
/// <param name="IsCommitted">The chain has it.</param>
internal sealed record BatchNote(string Root, ulong Head, ulong[] Answers, ulong Tokens, bool IsCommitted);

/// <summary>
/// The answers that a miner must be able to show: one file each, and one for each batch, written before anything is sent. What a kill
/// leaves is whole files; answers of no batch are those that wait for one.
/// </summary>
internal sealed class ReceiptStore
{
    /// <summary>Answers of a batch; the chain takes as many.</summary>
    public const int BatchMax = 4_096;

    // Beyond this a miner that cannot commit forgets the oldest that wait.
    private const int WaitingMax = 8_192;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly SortedDictionary<ulong, (Hash256 Hash, int Tokens)> _answers = [];
    private readonly SortedDictionary<string, BatchNote> _batches = new(StringComparer.Ordinal);
    private ulong _last;

    public ReceiptStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (string path in Directory.EnumerateFiles(folder, "*.batch"))
        {
            BatchNote note = JsonSerializer.Deserialize(File.ReadAllBytes(path), SubnetJson.Default.BatchNote)
                ?? throw new InvalidDataException($"{path} is empty.");
            _batches[note.Root] = note;
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.answer"))
        {
            ulong number = ulong.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
            _last = Math.Max(_last, number);
            if (AnswerReceipt.Decode(File.ReadAllBytes(path)) is { } receipt) Keep(number, receipt);
        }
    }

    /// <summary>Batches that the chain does not have yet.</summary>
    public IReadOnlyList<BatchNote> Uncommitted
    {
        get
        {
            lock (_gate) return [.. _batches.Values.Where(static note => !note.IsCommitted)];
        }
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="receipt">The answer.</param>
    /// <param name="leaves">The leaves of its trace; none for a tolerant model.</param>
    public void Add(AnswerReceipt receipt, IReadOnlyList<Hash256> leaves)
    {
        lock (_gate)
        {
            // The answer comes last: where it is, its trace is.
            ulong number = ++_last;
            if (leaves.Count > 0) DurableFile.Replace(TracePath(number), [.. leaves.SelectMany(static leaf => leaf.ToArray())]);
            DurableFile.Replace(AnswerPath(number), receipt.Encode());
            Keep(number, receipt);
            List<ulong> waiting = Waiting();
            if (waiting.Count > WaitingMax) Forget(waiting[0]);
        }
    }

    /// <summary>Puts the answers that wait into a batch; null when none does.</summary>
    public BatchNote? Propose(ulong head)
    {
        lock (_gate)
        {
            ulong[] waiting = [.. Waiting().Take(BatchMax)];
            if (waiting.Length == 0) return null;
            Hash256 root = ReceiptTree.RootOf([.. waiting.Select(number => _answers[number].Hash)]);
            ulong tokens = (ulong)waiting.Sum(number => (long)_answers[number].Tokens);
            var note = new BatchNote(root.ToString(), head, waiting, tokens, IsCommitted: false);
            Save(note);
            return note;
        }
    }

    /// <summary>Remembers that the chain has a batch.</summary>
    public void Committed(BatchNote note)
    {
        lock (_gate) Save(note with { IsCommitted = true });
    }

    /// <summary>Forgets batches from before a block.</summary>
    public void ForgetBefore(ulong head)
    {
        lock (_gate)
        {
            foreach (BatchNote old in _batches.Values.Where(note => note.IsCommitted && note.Head < head).ToList())
            {
                foreach (ulong number in old.Answers) Forget(number);
                _batches.Remove(old.Root);
                File.Delete(BatchPath(old.Root));
            }
        }
    }

    /// <summary>An answer of a batch with its way to the root and its trace; null when it is not here.</summary>
    public ReceiptReply? Find(Hash256 root, uint index)
    {
        lock (_gate)
        {
            if (!_batches.TryGetValue(root.ToString(), out BatchNote? note) || index >= note.Answers.Length) return null;
            Hash256[] hashes = [.. note.Answers.Select(number => _answers[number].Hash)];
            ulong number = note.Answers[index];
            return new ReceiptReply(ReceiptTree.PathOf(hashes, index), LeavesOf(number), File.ReadAllBytes(AnswerPath(number)));
        }
    }

    private Hash256[] LeavesOf(ulong number) => File.Exists(TracePath(number))
        ? [.. File.ReadAllBytes(TracePath(number)).Chunk(Hash256.Size).Select(static leaf => new Hash256(leaf))]
        : [];

    private List<ulong> Waiting()
    {
        var taken = new SortedSet<ulong>(_batches.Values.SelectMany(static note => note.Answers));
        return [.. _answers.Keys.Where(number => !taken.Contains(number))];
    }

    private void Keep(ulong number, AnswerReceipt receipt) => _answers[number] = (receipt.Hash, receipt.Answer.Tokens.Count);

    private void Forget(ulong number)
    {
        _answers.Remove(number);
        File.Delete(AnswerPath(number));
        File.Delete(TracePath(number));
    }

    private void Save(BatchNote note)
    {
        DurableFile.Replace(BatchPath(note.Root), JsonSerializer.SerializeToUtf8Bytes(note, SubnetJson.Default.BatchNote));
        _batches[note.Root] = note;
    }

    private string AnswerPath(ulong number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number:D16}.answer"));

    private string TracePath(ulong number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number:D16}.trace"));

    private string BatchPath(string root) => Path.Combine(_folder, root + ".batch");
}
