using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What a module may know when block 0 is built. Accounts hold their genesis balances already.</summary>
public sealed class GenesisContext
{
    /// <summary>EIP-155 chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Seconds since 1970 of block 0.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>A network for one machine.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>What all accounts hold together. Modules move it; genesis mints nothing beside it.</summary>
    public required Amount TotalSupply { get; init; }

    /// <summary>The validators of the first epoch, in the document's order.</summary>
    public required IReadOnlyList<FoundingValidator> Validators { get; init; }

    /// <summary>The document's forks.</summary>
    public required ForkSchedule Forks { get; init; }
}
