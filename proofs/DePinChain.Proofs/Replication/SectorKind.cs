namespace DePinChain.Proofs.Replication;

/// <summary>The sizes of sealed sectors. Only the last two make regenerating a replica slower than answering a challenge.</summary>
public enum SectorKind : byte
{
    /// <summary>2 KiB: localnets only, no security.</summary>
    TwoKiB = 0,

    /// <summary>8 MiB: localnets only, no security.</summary>
    EightMiB = 1,

    /// <summary>512 MiB: test networks.</summary>
    HalfGiB = 2,

    /// <summary>32 GiB.</summary>
    ThirtyTwoGiB = 3,

    /// <summary>64 GiB.</summary>
    SixtyFourGiB = 4,
}
