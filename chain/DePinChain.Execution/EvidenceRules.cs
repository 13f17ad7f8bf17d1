using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>Judges the evidence a block carries: signatures by the kernel, age and newness by Staking's records.</summary>
internal static class EvidenceRules
{
    /// <summary>What two signed messages prove, if their signatures hold.</summary>
    public static bool TryJudge(ulong chainId, Evidence evidence, out Misbehaviour misbehaviour, [NotNullWhen(false)] out string? why)
    {
        misbehaviour = default;
        if (!evidence.TryVerify(chainId, out Address signer, out why)) return false;
        MisbehaviourKind kind = evidence.Kind switch
        {
            EvidenceKind.DuplicateVote => MisbehaviourKind.DuplicateVote,
            _ => MisbehaviourKind.DuplicateProposal,
        };
        misbehaviour = new Misbehaviour(kind, signer, evidence.Height);
        return true;
    }

    /// <summary>A block's evidence as accusations: each valid, by a validator, young enough, new, and none twice.</summary>
    public static Rejection? Check(
        ulong chainId,
        ulong height,
        IReadOnlyList<Evidence> evidence,
        IValidatorSource validators,
        out IReadOnlyList<Misbehaviour> accusations)
    {
        var list = new List<Misbehaviour>();
        accusations = list;
        if (evidence.Count == 0) return null;
        int size = Evidence.EncodeList(evidence).Length;
        if (size > ConsensusPart.EvidenceBytesMax)
            return Rejections.EvidenceTooLarge.With($"{ConsensusPart.EvidenceBytesMax} bytes", $"{size} bytes");
        var seen = new SortedSet<(Address, ulong, MisbehaviourKind)>();
        foreach (Evidence item in evidence)
        {
            if (item.Height >= height) return Rejections.EvidenceInvalid.Explain($"height {item.Height} is not decided yet");
            if (!TryJudge(chainId, item, out Misbehaviour accusation, out string? why)) return Rejections.EvidenceInvalid.Explain(why);
            if (!seen.Add((accusation.Signer, accusation.Height, accusation.Kind)))
                return Rejections.EvidenceInvalid.Explain($"{accusation.Signer} is accused twice of the same");
            if (!validators.IsPunishable(accusation, height))
            {
                return Rejections.EvidenceInvalid
                    .Explain($"{accusation.Signer} had no seat at {accusation.Height}, is punished already, or left");
            }
            list.Add(accusation);
        }
        return null;
    }
}
