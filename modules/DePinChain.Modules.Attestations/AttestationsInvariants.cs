using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What always holds of verifiers and jobs.</summary>
internal static class AttestationsInvariants
{
    // Walking all verifiers is for networks that a test or a localnet has.
    private const uint WalkMax = 256;

    /// <summary>What the module holds is owed to somebody, and the trees weigh what their verifiers weigh.</summary>
    public static IEnumerable<string> Of(VerifierRegistry verifiers, JobBook jobs, Custody custody, Amount balance)
    {
        Amount owed = verifiers.Bonded + verifiers.Unclaimed + jobs.Fees + custody.Deposits;
        if (balance != owed) yield return $"attestations: {owed} is owed, but {balance} is held";
        Amount fees = Amount.Zero;
        foreach (ulong job in jobs.Live.Page(0, (int)WalkMax))
        {
            fees += jobs.Get(job).Fee;
            JobProgress progress = jobs.ProgressOf(job);
            bool isCounted = progress.Acted <= progress.Seats && progress.Idle <= progress.Acted;
            if (!isCounted || progress.State == JobState.Unknown) yield return $"attestations: job {job} is {progress}";
        }

        if (jobs.Live.Count <= WalkMax && fees != jobs.Fees) yield return $"attestations: fees are {fees}, {jobs.Fees} is counted";
        if (verifiers.Count > WalkMax) yield break;
        Amount bonded = Amount.Zero;
        Amount earned = Amount.Zero;
        UInt128[] weights = new UInt128[AttestationsPolicy.Roles];
        for (uint slot = 0; slot < verifiers.Count; slot++)
        {
            VerifierRecord record = verifiers.Get(verifiers.OwnerAt(slot));
            if (record.Slot != slot) yield return $"attestations: slot {slot} is {verifiers.OwnerAt(slot)}'s, who has {record.Slot}";
            bonded += record.Bond;
            foreach (Unbonding entry in record.Leaving) bonded += entry.Amount;
            earned += record.Earned;
            for (int role = 0; role < weights.Length; role++)
                if (AttestationsPolicy.HasRole(record.WeightRoles, (VerifierRole)role)) weights[role] += record.Weight.Wei;
        }

        if (bonded != verifiers.Bonded) yield return $"attestations: bonds are {bonded}, {verifiers.Bonded} is counted";
        if (earned != verifiers.Unclaimed) yield return $"attestations: fees are {earned}, {verifiers.Unclaimed} is counted";
        for (int role = 0; role < weights.Length; role++)
        {
            UInt128 total = verifiers.TotalOf((VerifierRole)role);
            if (total != weights[role]) yield return $"attestations: role {role} weighs {weights[role]}, its tree {total}";
        }
    }
}
