using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>Whether a trusted header vouches for a later one. Pure; the time is an argument.</summary>
/// <remarks>CometBFT, spec/light-client/verification; adjacent headers are also linked by their parent hash.</remarks>
public static class HeaderRules
{
    /// <summary>Judges <paramref name="later"/> by the adjacent rule when it is the next height, by the skipping rule otherwise.</summary>
    /// <param name="rules">Whose chain, and how far to trust.</param>
    /// <param name="trusted">Believed already.</param>
    /// <param name="later">From anyone.</param>
    /// <param name="now">Unix seconds.</param>
    public static LightVerdict Judge(TrustRules rules, LightBlock trusted, LightBlock later, ulong now)
    {
        if (later.Height <= trusted.Height)
            return LightVerdict.Refused($"height {later.Height} does not come after the trusted height {trusted.Height}");
        if (rules.IsExpired(trusted.Timestamp, now))
        {
            return new LightVerdict(
                LightOutcome.Expired,
                $"the trusted header of height {trusted.Height} is {now - trusted.Timestamp} s old, "
                + $"and vouches for {rules.TrustingSeconds} s");
        }

        if (later.Timestamp < trusted.Timestamp)
        {
            return LightVerdict.Refused(
                $"height {later.Height} has time {later.Timestamp}, before height {trusted.Height}'s {trusted.Timestamp}");
        }

        if (later.Timestamp >= now && later.Timestamp - now >= rules.DriftSeconds)
            return LightVerdict.Refused($"height {later.Height} is {later.Timestamp - now} s in the future");
        return later.Height == trusted.Height + 1 ? JudgeAdjacent(rules, trusted, later) : JudgeSkipped(rules, trusted, later);
    }

    /// <summary>The power of <paramref name="set"/>'s members among the signers of a header that is verified under its own set.</summary>
    public static UInt128 PowerAmong(ValidatorSet set, LightBlock signed)
    {
        UInt128 power = 0;
        for (int index = 0; index < signed.Validators.Count; index++)
        {
            if (!signed.Commit.HasSigned(index)) continue;
            int member = set.IndexOf(signed.Validators[index].Address);
            if (member >= 0) power += set[member].Power;
        }

        return power;
    }

    private static LightVerdict JudgeAdjacent(TrustRules rules, LightBlock trusted, LightBlock next)
    {
        if (next.Header.ParentHash != trusted.Hash)
            return LightVerdict.Refused($"height {next.Height} does not follow block {trusted.Hash}");
        if (next.Preimage.ValidatorsHash != trusted.Preimage.NextValidatorsHash)
            return LightVerdict.Refused($"height {next.Height} was decided by other validators than height {trusted.Height} names");
        return next.Fault(rules.ChainId) is { } fault ? LightVerdict.Refused(fault) : LightVerdict.Trusted;
    }

    private static LightVerdict JudgeSkipped(TrustRules rules, LightBlock trusted, LightBlock later)
    {
        // In an epoch's last block only the hash of the next set is known: the next header brings the list.
        if (trusted.NextValidators is not { } next)
            return LightVerdict.TooFarAhead($"the validators after height {trusted.Height} are known by their hash only");
        if (later.Fault(rules.ChainId) is { } fault) return LightVerdict.Refused(fault);
        UInt128 power = PowerAmong(next, later);
        return rules.Share.IsExceededBy(power, next.TotalPower)
            ? LightVerdict.Trusted
            : LightVerdict.TooFarAhead(
                $"of the validators trusted since height {trusted.Height}, power {power} of {next.TotalPower} signed "
                + $"height {later.Height}; more than {rules.Share} must");
    }
}
