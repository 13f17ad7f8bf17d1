using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>Everything one block under execution, or one simulated call, works with: an overlay, a journal, a meter and module
/// instances.</summary>
internal sealed class ExecutionScope
{
    private readonly IModule[] _byAddress;
    private readonly IFacades[] _facades;

    public ExecutionScope(ulong chainId, ModuleSet modules, IStateReader parent)
    {
        Overlay = new StateOverlay(parent);
        Logs = new LogJournal(Meter);
        Bank = new NativeBank(Overlay, Meter, Access, Logs);
        Journal = new Journal(Overlay, Logs, Bank);
        Storage = new MeteredStorage(Overlay, Meter, Access, Journal);
        System = new SystemModule(new ModuleState(WellKnownAddresses.System, new KernelStorage(Overlay)));
        Bank.StartFrom(System.RecordedSupply);
        Modules = modules.Create(new ModuleScope(Storage, Logs, Bank, new PricedCryptography(chainId, Meter), Meter));
        _byAddress = [.. Modules.OrderBy(m => m.Address)];
        _facades = [.. Modules.OfType<IFacades>()];
    }

    public StateOverlay Overlay { get; }

    public Meter Meter { get; } = new();

    public AccessSet Access { get; } = new();

    public LogJournal Logs { get; }

    public NativeBank Bank { get; }

    public Journal Journal { get; }

    public MeteredStorage Storage { get; }

    /// <summary>The System module as the kernel uses it: unmetered.</summary>
    public SystemModule System { get; }

    /// <summary>In catalog order, System first.</summary>
    public IReadOnlyList<IModule> Modules { get; }

    /// <summary>Staking, as far as consensus is concerned.</summary>
    public IValidatorSource Validators
    {
        get
        {
            IValidatorSource? source = Modules.OfType<IValidatorSource>().SingleOrDefault();
            Invariant.Assert(source is not null, "exactly one module of the catalog keeps the validators");
            return source;
        }
    }

    /// <summary>The module, or the facade of one, that answers at an account; null for an ordinary account.</summary>
    public IModule? FindModule(Address account)
    {
        int low = 0;
        int high = _byAddress.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = _byAddress[middle].Address.CompareTo(account);
            if (order == 0) return _byAddress[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return FindFacade(account);
    }

    /// <summary>Gives memory back once the block is closed: nothing of the scope is used after that.</summary>
    public void Recycle()
    {
        Overlay.Recycle();
        Access.Recycle();
        Journal.Recycle();
    }

    private IModule? FindFacade(Address account)
    {
        // Facades are established, so an account without the module code needs no question to a module's state.
        if (_facades.Length == 0 || Overlay.FindAccount(account)?.CodeHash != ModuleCode.Hash) return null;
        foreach (IFacades owner in _facades)
            if (owner.FindFacade(account) is { } facade) return facade;
        return null;
    }
}
