using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What the modules of one execution scope (a block, an eth_call, a simulation) are made of.</summary>
/// <param name="storage">Records of all modules.</param>
/// <param name="logs">Logs, in the same journal.</param>
/// <param name="issuer">Balances, in the same journal.</param>
/// <param name="cryptography">Priced cryptography.</param>
/// <param name="meter">Gas or units.</param>
public sealed class ModuleScope(IModuleStorage storage, ILogSink logs, ICoinIssuer issuer, ICryptography cryptography, IMeter meter)
{
    /// <summary>Native DPN, without the right to change the supply.</summary>
    public IBank Bank => issuer;

    /// <summary>Native DPN with the right to mint and burn: for Emission, Treasury and Staking only.</summary>
    public ICoinIssuer Issuer => issuer;

    /// <summary>Priced cryptography.</summary>
    public ICryptography Cryptography => cryptography;

    /// <summary>Where a module charges computation of its own.</summary>
    public IMeter Meter => meter;

    /// <summary>Records of the module at an address.</summary>
    public ModuleState StateOf(Address module) => new(module, storage);

    /// <summary>Events of the module at an address.</summary>
    public Logs LogsOf(Address module) => new(module, logs);
}
