using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>The numbers and formulas of committees.</summary>
public static class AttestationsPolicy
{
    /// <summary>Verifiers that the trees have room for.</summary>
    public const uint VerifiersMax = 4_096;

    /// <summary>Roles there are.</summary>
    public const int Roles = 5;

    /// <summary>All roles in a mask.</summary>
    public const byte AllRoles = (1 << Roles) - 1;

    /// <summary>Parts of one bond on their way back at a time.</summary>
    public const int UnbondingsMax = 8;

    /// <summary>Longest right of a worker: a year of blocks of 12 s.</summary>
    public const ulong WorkerBlocksMax = 2_628_000;

    /// <summary>Members of the largest committee.</summary>
    public const int CommitteeMax = 64;

    /// <summary>Committees after the first that may try before a job is given up.</summary>
    public const byte RedrawsMax = 2;

    /// <summary>Numbers in a verdict.</summary>
    public const int NumbersMax = 8;

    /// <summary>Custodians at most: a shard's number fits a byte.</summary>
    public const int CustodiansMax = 255;

    /// <summary>Records of which one audit asks.</summary>
    public const int AuditLanesMax = 8;

    /// <summary>Bytes of the largest blob.</summary>
    public const ulong BlobBytesMax = 1 << 30;

    /// <summary>Votes in one transaction.</summary>
    public const int VotesPerCallMax = 64;

    /// <summary>Bytes of the largest chunk: that of a 64 GiB sector's proof.</summary>
    public const int ChunkBytesMax = 33_536;

    /// <summary>Chunks that one claim may need: two of them fit a transaction.</summary>
    public const int ChunksPerClaimMax = 3;

    /// <summary>Gas of one commit or one reveal, measured and rounded up; a verdict is both.</summary>
    public const ulong GasPerVerdict = 60_000;

    /// <summary>Gas of the largest dispute; the bond is three times its price.</summary>
    public const ulong DisputeGas = 4_000_000;

    /// <summary>Gas of serving a piece of a shard; who asks for it pays three times its price.</summary>
    public const ulong ShardGas = 1_600_000;

    /// <summary>Changes of weights applied at one block's start; the rest waits for the next.</summary>
    public const int WeightChangesPerBlockMax = 32;

    /// <summary>Steps of jobs at one block's start, decisions and draws together.</summary>
    public const int JobStepsPerBlockMax = 64;

    /// <summary>Audits drawn or ended, and shards found missing, at one block's start, each.</summary>
    public const int DutiesPerBlockMax = 32;

    /// <summary>Entries of one page of a view.</summary>
    public const int PageMax = 100;

    /// <summary>Parts are hundredths of a percent.</summary>
    public const uint BpsScale = 10_000;

    /// <summary>What a committee is drawn for.</summary>
    public const string CommitteeDomain = "attestations/committee";

    /// <summary>What an audit is drawn for.</summary>
    public const string AuditDomain = "attestations/audit";

    /// <summary>A part in hundredths of a percent, rounded down.</summary>
    public static Amount PartOf(Amount whole, uint bps) => whole.MulDiv(bps, BpsScale, Rounding.Down);

    /// <summary>What a verifier weighs at the start of a block: its bond when it may judge, else nothing.</summary>
    public static Amount WeightOf(VerifierRecord verifier, ulong now, Amount bondMin) =>
        IsActive(verifier, now, bondMin) ? verifier.Bond : Amount.Zero;

    /// <summary>True when a verifier may judge: bonded, with a worker in its time, not jailed.</summary>
    public static bool IsActive(VerifierRecord verifier, ulong now, Amount bondMin) =>
        verifier.Bond >= bondMin && !verifier.Worker.IsZero && now < verifier.WorkerUntil && verifier.JailedUntil == 0;

    /// <summary>True when a mask of roles has a role.</summary>
    public static bool HasRole(byte roles, VerifierRole role) => (roles & (1 << (int)role)) != 0;

    /// <summary>Committee · 2 · gas of a verdict · base fee + the kind's fee.</summary>
    public static Amount FeeOf(JobTerms terms, Amount baseFee) =>
        (baseFee * (2UL * terms.CommitteeMax * terms.GasPerVerdict)) + terms.KindFee;

    /// <summary>What a seat earns that judged as decided: the committee's part of the pot by all seats ever drawn, rounded down.</summary>
    /// <remarks>By seats drawn, not by seats that are paid, so that nobody gains when others are kept from voting.</remarks>
    public static Amount ShareOf(Amount pot, ushort committeeBps, int seats) =>
        seats == 0 ? Amount.Zero : new Amount(PartOf(pot, committeeBps).Wei / (UInt128)seats);

    /// <summary>Signed shards that certify a blob: ⌈2n / 3⌉ of all custodians.</summary>
    public static int ReceiptsOf(int custodians) => ((2 * custodians) + 2) / 3;

    /// <summary>Gas of SHA-256 over so many bytes, as the EVM's precompile: 60 + 12 a word.</summary>
    public static ulong GasOfSha(ulong bytes) => 60 + (12 * ((bytes + 31) / 32));

    /// <summary>Members to draw in a round: an optimistic committee doubles each time, a quorum stays.</summary>
    public static int CommitteeOf(JobTerms terms, byte round) =>
        terms.Rule == DecisionRule.Optimistic ? Math.Min(terms.CommitteeMax << round, CommitteeMax) : terms.CommitteeMax;
}
