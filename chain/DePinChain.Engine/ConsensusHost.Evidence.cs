using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <remarks>Proofs that a validator signed twice: found here, told by peers, or handed in on this machine.</remarks>
public sealed partial class ConsensusHost
{
    private void Accuse(Effect.ReportEvidence report)
    {
        if (!_chain.Evidence.TryAdd(report.Evidence, report.Signer)) return;
        Report(new HostReport.Equivocation(report.Signer, report.Evidence));
        _edge.Transport.Publish(Topic.Evidence, report.Evidence.Encode());
    }

    // Before the block: afterwards the height's votes are gone. What they show of a lock that was forgotten is told, not punished: a polka
    // that we never saw may clear whoever is named.
    private void KeepVotes(ulong height, CommitCertificate commit)
    {
        ValidatorSet set = _chain.Head.Rotation.Set;
        VoteRecord record = new VoteRecord(_chain.ChainId, height, set, _core.VotesOf(height)).With(commit);
        _chain.Votes.Keep(record);
        foreach (Offence offence in Forensics.Examine(record).Offences)
        {
            if (offence.Kind == OffenceKind.Amnesia) Report(new HostReport.LockForgotten(set[offence.Index].Address, offence));
        }
    }

    private Verdict OnEvidence(GossipMessage message)
    {
        HandedInVerdict judged = TakeEvidence(message.Payload);
        return judged.Verdict == Verdict.Reject ? Blame(message.From, judged.Why ?? "evidence that proves nothing") : judged.Verdict;
    }

    private HandedInVerdict OnHandedIn(HostEvent.HandedIn handed)
    {
        HandedInVerdict judged = handed.Topic switch
        {
            Topic.Evidence => TakeEvidence(handed.Payload),
            Topic.Vote => TakeVote(handed.Payload),
            _ => new HandedInVerdict(Verdict.Ignore, $"nothing is handed in on {handed.Topic}"),
        };
        if (judged.Verdict == Verdict.Accept) _edge.Transport.Publish(handed.Topic, handed.Payload);
        return judged;
    }

    // Verified before it is kept, and kept before it is passed on: a proof that cannot be punished goes no further.
    private HandedInVerdict TakeEvidence(ReadOnlyMemory<byte> payload)
    {
        if (!Evidence.TryDecode(payload.Span, out Evidence? evidence, out string? why)) return new(Verdict.Reject, why);
        if (!evidence.TryVerify(_chain.ChainId, out Address signer, out why)) return new(Verdict.Reject, why);
        if (!_chain.IsPunishable(evidence))
        {
            return new(
                Verdict.Ignore,
                $"{signer} cannot be punished for height {evidence.Height}: it had no seat, was punished already, or the stake has left");
        }

        if (!_chain.Evidence.TryAdd(evidence, signer)) return new(Verdict.Ignore, "the offence is known already");
        Report(new HostReport.Equivocation(signer, evidence));
        return new(Verdict.Accept, null);
    }

    private HandedInVerdict TakeVote(ReadOnlyMemory<byte> payload)
    {
        if (!Blocks.Vote.TryDecode(payload.Span, out Vote? vote, out string? why)) return new(Verdict.Reject, why);
        if (!_ingress.TryReadVote(vote, out Input.VoteReceived? input)) return new(Verdict.Reject, "the vote's seal is not a signature");
        if (vote.Height + 1 < NextHeight) return new(Verdict.Ignore, $"height {vote.Height} was left long ago");
        Verdict verdict = Feed(input);
        return new(verdict, verdict == Verdict.Accept ? null : "consensus has no use for it");
    }
}
