namespace DePinChain.Indexer.Rows;

/// <summary>What happened in one minute: charts read these instead of all blocks.</summary>
public sealed class PeriodRow
{
    public const int Seconds = 60;

    /// <summary>Unix seconds, a multiple of <see cref="Seconds"/>.</summary>
    public required long Start { get; init; }

    public required int Blocks { get; set; }

    public required int Transactions { get; set; }

    public required int Failed { get; set; }

    public required long GasUsed { get; set; }

    public required UInt128 Minted { get; set; }

    public required UInt128 Burned { get; set; }

    public required UInt128 Tips { get; set; }
}
