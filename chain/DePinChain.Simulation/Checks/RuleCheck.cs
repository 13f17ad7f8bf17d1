using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Checks;

/// <summary>
/// Listens at the wire and asks of every proposal and vote of an honest machine: may it say this, by Algorithm 1 of
/// arXiv:1807.04938, after what reached it?
/// </summary>
/// <remarks>
/// Independent of the product's consensus: it knows no steps and no timers, only who told whom what, and recounts every quorum.
/// What is broken shows at the first vote that nothing justifies, long before two blocks are decided.
/// </remarks>
internal sealed class RuleCheck(SealBook seals, AgreementCheck agreement, ProposerCheck proposers)
{
    private const int ProposeStep = 1;

    private readonly SortedDictionary<(int Machine, ulong Height), Hearsay> _heard = [];

    /// <summary>A message enters a machine.</summary>
    public void OnArrived(Machine machine, Message message)
    {
        if (message.Vote is { } vote) Of(machine, vote.Height).Add(vote, message.Signer);
        if (message.Proposal is { } proposal) Of(machine, proposal.Height).Add(proposal, message.Signer);
    }

    /// <summary>An answer enters a machine.</summary>
    public void OnAnswered(Machine machine, RequestProtocol protocol, Answer answer)
    {
        if (protocol != RequestProtocol.Votes || answer.Status != AnswerStatus.Success) return;
        foreach (ReadOnlyMemory<byte> chunk in answer.Chunks)
        {
            if (!VoteRepair.TryDecode(chunk.Span, out VoteRepair? repair, out _)) continue;
            foreach (Vote vote in repair.Votes) Add(machine, vote);
            foreach (PolkaCertificate polka in repair.Polkas)
            {
                foreach ((int _, Vote vote) in polka.Votes()) Add(machine, vote);
            }
        }
    }

    /// <summary>An honest machine speaks.</summary>
    public void OnSaid(Machine machine, Message message)
    {
        if (message.Vote is { } vote) OnVote(machine, vote, message.Signer);
        if (message.Proposal is { } proposal) OnProposal(machine, proposal, message.Signer);
    }

    /// <summary>Forgets heights that everybody has left.</summary>
    public void ForgetBelow(ulong height)
    {
        foreach ((int Machine, ulong Height) key in _heard.Keys.Where(key => key.Height < height).ToArray()) _heard.Remove(key);
    }

    private void OnVote(Machine machine, Vote vote, Address signer)
    {
        Referee.Require(signer == machine.Address, $"{machine.Name} published a vote of {signer}");
        Hearsay heard = Of(machine, vote.Height);
        if (!IsFirst(machine, heard, (vote.Round, 1 + (int)vote.Kind), (vote.BlockHash, vote.ValidRound), vote)) return;
        if (agreement.SetOf(vote.Height) is { } set && set.Contains(signer))
        {
            CheckRound(machine, heard, set, vote.Height, vote.Round);
            if (vote.Kind == VoteKind.Prevote) CheckPrevote(machine, heard, set, vote);
            else CheckPrecommit(machine, heard, set, vote);
        }

        heard.Add(vote, signer);
        if (vote.Kind == VoteKind.Precommit && !vote.IsNil) heard.LastCommitted = vote;
    }

    private void OnProposal(Machine machine, Proposal proposal, Address signer)
    {
        Referee.Require(signer == machine.Address, $"{machine.Name} published a proposal of {signer}");
        Hearsay heard = Of(machine, proposal.Height);
        if (!IsFirst(machine, heard, (proposal.Round, ProposeStep), (proposal.BlockHash, proposal.ValidRound), proposal)) return;
        heard.Add(proposal, signer);
        if (agreement.SetOf(proposal.Height) is not { } set || !set.Contains(signer)) return;
        CheckRound(machine, heard, set, proposal.Height, proposal.Round);
        Referee.Require(
            proposers.ProposerOf(proposal.Height, proposal.Round) is not { } expected || expected == signer,
            $"{machine.Name} proposes out of turn: {Message.Describe(proposal)}");
        if (proposal.ValidRound >= 0)
        {
            Referee.Require(
                IsQuorum(heard.PowerFor(set, VoteKind.Prevote, (uint)proposal.ValidRound, proposal.BlockHash), set),
                $"{machine.Name} proposes again without a polka: {Message.Describe(proposal)}");
        }

        // L15, L16: whoever is locked has a valid value at least as new.
        if (heard.LastCommitted is not { } last || last.Round >= proposal.Round) return;
        bool isKept = proposal.ValidRound > (int)last.Round
            || (proposal.ValidRound == (int)last.Round && proposal.BlockHash == last.BlockHash);
        Referee.Require(isKept, $"{machine.Name} forgot its valid value of {Message.Describe(last)}: {Message.Describe(proposal)}");
    }

    // The slot of a signature holds one content for ever, whatever crashes came between.
    private static bool IsFirst(
        Machine machine, Hearsay heard, (uint Round, int Step) slot, (Hash256 Block, int ValidRound) content, object said)
    {
        if (heard.Signed.TryAdd(slot, content)) return true;
        Referee.Require(heard.Signed[slot] == content, $"{machine.Name} signed twice: {Message.Describe(said)}");
        return false;
    }

    // L55, L65: nobody is in a round without more than two thirds of precommits of the one before, or a third of votes from it on.
    private static void CheckRound(Machine machine, Hearsay heard, ValidatorSet set, ulong height, uint round)
    {
        bool isJustified = round == 0
            || IsQuorum(heard.PowerOf(set, VoteKind.Precommit, round - 1), set)
            || 3 * heard.PowerFrom(set, round) > set.TotalPower;
        Referee.Require(isJustified, $"{machine.Name} is in round {height}/{round} without a reason");
    }

    private void CheckPrevote(Machine machine, Hearsay heard, ValidatorSet set, Vote vote)
    {
        if (vote.IsNil) return;
        Referee.Require(!agreement.IsOutlawed(vote.BlockHash), $"{machine.Name} prevotes an invalid block: {Message.Describe(vote)}");
        if (proposers.ProposerOf(vote.Height, vote.Round) is { } proposer)
        {
            Referee.Require(
                heard.HasProposal(vote.Round, proposer, vote.BlockHash, vote.ValidRound),
                $"{machine.Name} prevotes what was not proposed: {Message.Describe(vote)}");
        }

        // L28
        if (vote.ValidRound >= 0)
        {
            Referee.Require(
                IsQuorum(heard.PowerFor(set, VoteKind.Prevote, (uint)vote.ValidRound, vote.BlockHash), set),
                $"{machine.Name} prevotes without the polka: {Message.Describe(vote)}");
        }

        // L23, L29: the lock. A later precommit moves it; an older polka does not.
        if (heard.LastCommitted is not { } last || last.Round >= vote.Round || last.BlockHash == vote.BlockHash) return;
        Referee.Require(
            vote.ValidRound >= (int)last.Round, $"{machine.Name} is locked by {Message.Describe(last)}: {Message.Describe(vote)}");
    }

    private static void CheckPrecommit(Machine machine, Hearsay heard, ValidatorSet set, Vote vote)
    {
        if (vote.IsNil)
        {
            // L44, L61
            Referee.Require(
                IsQuorum(heard.PowerOf(set, VoteKind.Prevote, vote.Round), set),
                $"{machine.Name} precommits nil too early: {Message.Describe(vote)}");
            return;
        }

        // L36, with one valid round in all prevotes.
        for (int validRound = -1; validRound < (int)vote.Round; validRound++)
        {
            if (IsQuorum(heard.PowerFor(set, VoteKind.Prevote, vote.Round, vote.BlockHash, validRound), set)) return;
        }

        Referee.Require(false, $"{machine.Name} precommits without a polka: {Message.Describe(vote)}");
    }

    private static bool IsQuorum(UInt128 power, ValidatorSet set) => 3 * power > 2 * set.TotalPower;

    private void Add(Machine machine, Vote vote)
    {
        if (seals.TryFind(vote, out Address signer)) Of(machine, vote.Height).Add(vote, signer);
    }

    private Hearsay Of(Machine machine, ulong height)
    {
        if (!_heard.TryGetValue((machine.Index, height), out Hearsay? heard)) _heard.Add((machine.Index, height), heard = new Hearsay());
        return heard;
    }
}
