namespace DePinChain.Modules.Storage;

/// <summary>A module out of which providers get a share of a stream: it gives less to those who serve badly.</summary>
public interface IServiceShares
{
    /// <summary>From here on a provider gets that much less of what it would earn; what it earned before stays.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="lossBps">Hundredths of a percent: 0 for nothing, 10,000 for all.</param>
    void SetLoss(ulong provider, ushort lossBps);
}
