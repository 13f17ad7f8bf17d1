using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// A byzantine validator: in every round that it hears of it tells each node something else, proposes two blocks when it is its turn,
/// some of them invalid or with an invented valid round, and floods far rounds.
/// </summary>
internal sealed class Liar(int index, SimulatedNetwork network)
{
    private readonly SortedSet<(ulong Height, uint Round)> _acted = [];
    private readonly SortedDictionary<ulong, SortedSet<Hash256>> _values = [];

    public int Index => index;

    public void See(Input message)
    {
        (ulong height, uint round, Hash256 value) = message switch
        {
            Input.ProposalReceived received => (received.Proposal.Height, received.Proposal.Round, received.Proposal.BlockHash),
            Input.VoteReceived received => (received.Vote.Height, received.Vote.Round, received.Vote.BlockHash),
            _ => (0UL, 0U, Hash256.Zero),
        };
        if (height == 0) return;
        SortedSet<Hash256> values = ValuesOf(height);
        if (!value.IsZero) values.Add(value);
        if (!_acted.Add((height, round))) return;
        if (network.Rotation.ProposerAt(height - 1 + round) == network.Set[index].Address) Propose(height, round);
        int times = network.Random.Next(1, 3);
        for (int i = 0; i < times; i++) network.After(network.Random.Next(0, 150), () => Vote(height, round));
    }

    private void Propose(ulong height, uint round)
    {
        for (int variant = 0; variant < 2; variant++)
        {
            bool isOld = ValuesOf(height).Count > 0 && network.Random.Next(2) == 0;
            Hash256 block = isOld
                ? ValuesOf(height).ElementAt(network.Random.Next(ValuesOf(height).Count))
                : SimulatedNetwork.Block(network.Random.Next(4) > 0, index, height, round, variant);
            ValuesOf(height).Add(block);
            int validRound = round > 0 ? network.Random.Next(-1, (int)round) : -1;
            Proposal proposal = Ballots.Proposal(height, round, block, index, validRound);
            foreach (SimulatedNode node in network.Nodes)
            {
                if (network.Random.Next(3) == 0) continue;
                bool isAcceptable = network.Random.Next(4) > 0;
                network.Send(index, node, new Input.ProposalReceived(proposal, Ballots.Validator(index), isAcceptable));
            }
        }
    }

    private void Vote(ulong height, uint round)
    {
        Hash256[] choices = [.. ValuesOf(height), Hash256.Zero];
        foreach (SimulatedNode node in network.Nodes)
        {
            foreach (VoteKind kind in Enum.GetValues<VoteKind>())
            {
                Hash256 value = choices[network.Random.Next(choices.Length)];
                int validRound = kind == VoteKind.Prevote && round > 0 ? network.Random.Next(-1, (int)round) : -1;
                uint claimed = network.Random.Next(10) == 0 ? round + (uint)network.Random.Next(1, 60) : round;
                Vote vote = Ballots.Vote(kind, height, claimed, value, index, validRound);
                network.Send(index, node, new Input.VoteReceived(vote, Ballots.Validator(index)));
            }
        }
    }

    private SortedSet<Hash256> ValuesOf(ulong height)
    {
        if (!_values.TryGetValue(height, out SortedSet<Hash256>? values)) _values.Add(height, values = []);
        return values;
    }
}
