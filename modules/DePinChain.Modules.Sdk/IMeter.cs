namespace DePinChain.Modules.Sdk;

/// <summary>Bounds computation: gas in a transaction, units at a block's start.</summary>
public interface IMeter
{
    /// <summary>Takes gas; throws the scope's own exception when there is not enough.</summary>
    void Charge(ulong gas);
}
