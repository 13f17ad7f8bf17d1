using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>A module that does what a test tells it: one function for each thing a module can ask of the kernel.</summary>
internal sealed class ProbeModule(Address address, ModuleScope scope, Action<ProbeModule, BlockContext>? step) : IModule, IBeginBlock
{
    public static readonly Address First = Address.FromLow(0xd001);

    public static readonly Address Second = Address.FromLow(0xd002);

    public Address Address => address;

    public ModuleDescriptor Descriptor => Describe(address);

    public ModuleState State { get; } = scope.StateOf(address);

    public ModuleScope Scope => scope;

    public static ModuleDescriptor Describe(Address address) => new("probe" + address.ToString()[^1], address, "[]", "{}", "{}");

    /// <summary>Calldata of a function of the probe.</summary>
    public static byte[] Calls(Probe function, params UInt256[] words)
    {
        byte[] data = new byte[4 + 32 * words.Length];
        Calldata.SelectorBytes((uint)function).CopyTo(data, 0);
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(data.AsSpan(4 + 32 * i, 32));
        return data;
    }

    public static Hash256 Location(ulong slot) => ((UInt256)slot).ToHash256();

    public void BeginBlock(BlockContext block) => step?.Invoke(this, block);

    public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata)
    {
        if (calldata.Length < 4) throw Calldata.Unknown(calldata);
        var words = new UInt256[(calldata.Length - 4) / 32];
        for (int i = 0; i < words.Length; i++) words[i] = UInt256.FromBigEndian(calldata.Slice(4 + 32 * i, 32));
        var function = (Probe)Calldata.SelectorOf(calldata);
        if (!Enum.IsDefined(function)) throw Calldata.Unknown(calldata);
        if (function != Probe.Deposit && function != Probe.WhoAmI) call.RejectValue();
        return Run(function, words, call);
    }

    private byte[] Run(Probe function, UInt256[] words, Call call)
    {
        switch (function)
        {
            case Probe.Read:
                return scope.StateOf(address).Read(words[0].ToHash256()) ?? [];
            case Probe.Write:
                State.Write(words[0].ToHash256(), Filled((int)(ulong)words[1], (byte)(ulong)words[2]));
                return [];
            case Probe.Erase:
                State.Erase(words[0].ToHash256());
                return [];
            case Probe.Throw:
                throw Failure((int)(ulong)words[0]);
            case Probe.Pay:
                scope.Bank.Transfer(address, AddressOf(words[0]), Calldata.AmountOf(words[1]));
                return [];
            case Probe.Mint:
                scope.Issuer.Mint(AddressOf(words[0]), Calldata.AmountOf(words[1]));
                return [];
            case Probe.Burn:
                scope.Issuer.Burn(address, Calldata.AmountOf(words[0]));
                return [];
            case Probe.Charge:
                call.Meter.Charge((ulong)words[0]);
                return [];
            case Probe.Log:
                for (ulong i = words.Length == 0 ? 1 : (ulong)words[0]; i > 0; i--)
                    scope.LogsOf(address).Emit(new NativeTransfer(call.Sender, call.Origin, call.Value, default));
                return [];
            case Probe.Deposit:
                return Word(call.Value.ToUInt256());
            case Probe.WhoAmI:
                return [.. Word(Padded(call.Sender)), .. Word(Padded(call.Origin)), .. Word(call.Value.ToUInt256())];
            case Probe.Draw:
                return call.Block.Randomness.At((ulong)words[0], "probe", 1UL).ToArray();
            case Probe.PutBody:
                byte[] body = Filled((int)(ulong)words[0], 7);
                State.Storage.PutBlob(Keccak256.Hash(body), body);
                return Keccak256.Hash(body).ToArray();
            case Probe.Supply:
                return Word(scope.Bank.TotalSupply.ToUInt256());
            case Probe.Keccak:
                return scope.Cryptography.Keccak(Filled((int)(ulong)words[0], 1)).ToArray();
            default:
                throw new ArgumentOutOfRangeException(nameof(function));
        }
    }

    public static Exception Failure(int kind) => kind switch
    {
        0 => Revert.WithReason("told so"),
        1 => new OverflowException(),
        2 => new DivideByZeroException(),
        3 => new KeyNotFoundException(),
        4 => new InvalidOperationException("told so"),
        5 => new IOException("the disk is gone"), // not a module's fault: the node must stop
        _ => new ArgumentException("unexpected"),
    };

    private static byte[] Filled(int size, byte value)
    {
        byte[] bytes = new byte[size];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static byte[] Word(UInt256 value)
    {
        byte[] word = new byte[32];
        value.WriteBigEndian(word);
        return word;
    }

    private static UInt256 Padded(Address account) => UInt256.FromBigEndian(account.ToArray());

    private static Address AddressOf(UInt256 word)
    {
        byte[] bytes = new byte[32];
        word.WriteBigEndian(bytes);
        return new Address(bytes.AsSpan(12));
    }
}

/// <summary>The probe's functions; the number is the selector.</summary>
internal enum Probe : uint
{
    Read = 1,
    Write,
    Erase,
    Throw,
    Pay,
    Mint,
    Burn,
    Charge,
    Log,
    Deposit,
    WhoAmI,
    Draw,
    PutBody,
    Supply,
    Keccak,
}
