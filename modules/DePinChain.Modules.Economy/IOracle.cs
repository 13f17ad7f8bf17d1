namespace DePinChain.Modules.Economy;

/// <summary>What other modules ask of the oracle: what one DPN is worth.</summary>
public interface IOracle
{
    /// <summary>The price as of a block. Whoever turns dollars into coins refuses one that is not fresh.</summary>
    PriceQuote Quote(ulong now);
}
