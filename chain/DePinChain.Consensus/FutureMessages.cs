using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>Proposals and votes of the next heights, kept until their height opens.</summary>
/// <remarks>
/// Memory: four heights; four votes and two proposals of each current validator. The next set may have members that this one lacks, so a
/// few messages of strangers are kept too: as many votes as there are validators, and two proposals.
/// </remarks>
internal sealed class FutureMessages
{
    public const ulong HeightsAhead = 4;

    private const int VotesPerSigner = 4;
    private const int ProposalsPerSigner = 2;

    private readonly SortedDictionary<ulong, Queue> _heights = [];

    public int Count => _heights.Values.Sum(static queue => queue.Inputs.Count);

    /// <summary>False when the message lies too far ahead or its signer's share is used up.</summary>
    public bool TryAdd(Input input, ulong height, Address signer, ulong currentHeight, ValidatorSet validators)
    {
        if (height <= currentHeight || height - currentHeight > HeightsAhead) return false;
        if (!_heights.TryGetValue(height, out Queue? queue)) _heights.Add(height, queue = new Queue());
        if (queue.Inputs.Contains(input)) return true;
        bool isVote = input is Input.VoteReceived;
        bool isKnown = validators.Contains(signer);
        int share = isVote ? (isKnown ? VotesPerSigner : validators.Count) : ProposalsPerSigner;
        int used = queue.Inputs.Count(kept =>
            kept is Input.VoteReceived == isVote && (isKnown ? SignerOf(kept) == signer : !validators.Contains(SignerOf(kept))));
        if (used >= share) return false;
        queue.Inputs.Add(input);
        return true;
    }

    /// <summary>Hands out the messages of a height in the order in which they came, and drops those of the heights before.</summary>
    public IReadOnlyList<Input> Take(ulong height)
    {
        while (_heights.Count > 0)
        {
            (ulong lowest, Queue queue) = _heights.First();
            if (lowest > height) break;
            _heights.Remove(lowest);
            if (lowest == height) return queue.Inputs;
        }

        return [];
    }

    private static Address SignerOf(Input input) => input switch
    {
        Input.VoteReceived received => received.Signer,
        Input.ProposalReceived received => received.Signer,
        _ => Address.Zero,
    };

    private sealed class Queue
    {
        public List<Input> Inputs { get; } = [];
    }
}
