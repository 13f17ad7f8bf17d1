using System.Globalization;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>
/// Locks what leaves for another network and mints vouchers of what comes from one; a voucher that goes back over its lane is burned, and
/// what it stood for is released there. A lane never releases more than left over it.
/// </summary>
/// <remarks>ICS-20 (cosmos/ibc, spec/app/ics-020-fungible-token-transfer), on IBC v2's packets.</remarks>
[ModulePart]
internal sealed partial class TransferVault(ModuleState state, Logs logs, IBank bank, ITokens tokens, FlowGates gates) : IPort
{
    [Slot(10)] private partial Map<(ulong Lane, uint Asset), UInt128> Escrows { get; }
    [Slot(11)] private partial Map<uint, UInt128> Held { get; }
    [Slot(12)] private partial Set<uint> HeldAssets { get; }
    [Slot(13)] private partial Map<Hash256, uint> VoucherTokens { get; }
    [Slot(14)] private partial Map<uint, VoucherRecord> Vouchers { get; }
    [Slot(15)] private partial Map<ulong, uint> VoucherCounts { get; }
    [Slot(16)] private partial Set<uint> AllVouchers { get; }

    /// <inheritdoc/>
    public string Name => PacketsPolicy.TransferPort;

    /// <summary>Assets of which something is locked, or was.</summary>
    public Set<uint> LockedAssets => HeldAssets;

    /// <summary>Every voucher's token.</summary>
    public Set<uint> VouchersMade => AllVouchers;

    /// <summary>What lies locked for one lane.</summary>
    public UInt128 EscrowedFor(ulong lane, uint asset) => Escrows[(lane, asset)];

    /// <summary>What lies locked for all lanes.</summary>
    public UInt128 HeldOf(uint asset) => Held[asset];

    /// <summary>How many denominations a lane brought.</summary>
    public uint VouchersOf(ulong lane) => VoucherCounts[lane];

    /// <summary>What a token stands for; null for one that is no voucher.</summary>
    public VoucherRecord? FindVoucher(uint token) => Vouchers.TryGet(token, out VoucherRecord? record) ? record : null;

    /// <summary>The token of a denomination with its trace; zero when nothing came under it.</summary>
    public uint TokenOf(string denomination) => VoucherTokens[PacketsPolicy.KeyOf(denomination)];

    /// <summary>Takes coins for another network. DPN lies on the module's account already.</summary>
    public TransferNote Take(in Passage passage, uint asset, UInt128 amount, Address sender, Address receiver, string memo)
    {
        gates.CountOutward(passage.Lane, asset, amount, passage.Block.Number);
        if (FindVoucher(asset) is { } voucher && voucher.Lane == passage.Lane)
        {
            tokens.Burn(asset, sender, amount);
            Vouchers[asset] = voucher with { Outstanding = voucher.Outstanding - amount };
        }
        else
        {
            if (asset != PacketsPolicy.Native) tokens.Move(asset, sender, state.Module, amount);
            Lock(passage.Lane, asset, amount);
        }

        logs.Emit(new TransferSent(passage.Lane, passage.Sequence, sender, receiver, asset, amount, memo));
        (string symbol, byte decimals) =
            asset == PacketsPolicy.Native ? ("DPN", (byte)18) : (tokens.SymbolOf(asset), tokens.DecimalsOf(asset));
        return new TransferNote(DenominationOf(asset), symbol, decimals, amount, sender, receiver, memo);
    }

    /// <inheritdoc/>
    public byte[]? Receive(in Passage passage, byte[] body)
    {
        Arrive(passage, body);
        return [1];
    }

    /// <summary>Gives coins that came in to their receiver.</summary>
    /// <returns>What they are here, and what came with them.</returns>
    public (uint Asset, TransferNote Note) Arrive(in Passage passage, byte[] body)
    {
        bool isRead = TransferNote.TryDecode(body, out TransferNote? note, out string? why);
        Require(isRead, new InvalidMessage(why ?? string.Empty));
        Require(note!.Amount != UInt128.Zero, new NothingToSend());
        Require(!note.Receiver.IsZero && note.Receiver != state.Module, new InvalidReceiver(note.Receiver));
        bool isDenomination = PacketsPolicy.IsDenomination(note.Denomination);
        Require(isDenomination, new InvalidDenomination(PacketsPolicy.DenominationBytesMax));

        // What began with our lane's number there left from here, and comes home.
        string home = PacketsPolicy.TraceOf(passage.Counterparty);
        uint asset = note.Denomination.StartsWith(home, StringComparison.Ordinal)
            ? Release(passage, note.Denomination[home.Length..], note)
            : Mint(passage, note);
        logs.Emit(new TransferReceived(
            passage.Lane, passage.Sequence, note.Receiver, note.Sender, asset, note.Amount, note.Memo));
        return (asset, note);
    }

    /// <summary>Takes back from their receiver what came in, because what they came for did not happen.</summary>
    public void TakeBack(ulong lane, ulong sequence, uint asset, UInt128 amount, Address from)
    {
        if (FindVoucher(asset) is { } voucher && voucher.Lane == lane)
        {
            tokens.Burn(asset, from, amount);
            Vouchers[asset] = voucher with { Outstanding = voucher.Outstanding - amount };
        }
        else
        {
            if (asset == PacketsPolicy.Native) bank.Transfer(from, state.Module, new Amount(amount));
            else tokens.Move(asset, from, state.Module, amount);
            Lock(lane, asset, amount);
        }

        logs.Emit(new TransferReturned(lane, sequence, from, asset, amount));
    }

    /// <inheritdoc/>
    public void Complete(in Passage passage, byte[] body, byte[] result)
    {
        // What was locked stays locked, and what was burned is gone: it is there now.
    }

    /// <inheritdoc/>
    public void Undo(in Passage passage, byte[] body)
    {
        bool isRead = TransferNote.TryDecode(body, out TransferNote? note, out _);
        Invariant.Assert(isRead, "what was sent from here could be read");
        uint asset = AssetOf(note!.Denomination);
        if (FindVoucher(asset) is { } voucher && voucher.Lane == passage.Lane) Issue(asset, voucher, note.Sender, note.Amount);
        else Unlock(passage.Lane, asset, note.Sender, note.Amount);
        logs.Emit(new TransferRefunded(passage.Lane, passage.Sequence, note.Sender, asset, note.Amount));
    }

    // A lane releases what left over it, whatever its other side says.
    private uint Release(in Passage passage, string denomination, TransferNote note)
    {
        uint asset = AssetOf(denomination);
        UInt128 escrowed = Escrows[(passage.Lane, asset)];
        Require(note.Amount <= escrowed, new NotEscrowed(passage.Lane, asset, escrowed, note.Amount));
        gates.CountInward(passage.Lane, asset, note.Amount, passage.Block.Number);
        Unlock(passage.Lane, asset, note.Receiver, note.Amount);
        return asset;
    }

    private uint Mint(in Passage passage, TransferNote note)
    {
        string denomination = PacketsPolicy.TraceOf(passage.Lane) + note.Denomination;
        Require(
            denomination.Length <= PacketsPolicy.DenominationBytesMax, new InvalidDenomination(PacketsPolicy.DenominationBytesMax));
        uint token = TokenOf(denomination);
        if (token == 0) token = Make(passage.Lane, denomination, note);
        gates.CountInward(passage.Lane, token, note.Amount, passage.Block.Number);
        Issue(token, Vouchers[token], note.Receiver, note.Amount);
        return token;
    }

    private uint Make(ulong lane, string denomination, TransferNote note)
    {
        uint count = VoucherCounts[lane];
        Require(count < PacketsPolicy.VouchersPerLaneMax, new TooManyVouchers(lane, PacketsPolicy.VouchersPerLaneMax));
        bool isToken = TokensPolicy.IsSymbol(note.Symbol) && note.Decimals <= TokensPolicy.DecimalsMax;
        Require(isToken, new InvalidToken(note.Symbol, note.Decimals));
        uint token = tokens.Register(
            PacketsPolicy.VoucherName(note.Symbol, lane), PacketsPolicy.VoucherSymbol(note.Symbol), note.Decimals, Address.Zero);
        VoucherCounts[lane] = count + 1;
        VoucherTokens[PacketsPolicy.KeyOf(denomination)] = token;
        Vouchers[token] = new VoucherRecord(lane, UInt128.Zero, denomination);
        AllVouchers.Add(token);
        logs.Emit(new VoucherMade(lane, token, denomination));
        return token;
    }

    private void Issue(uint token, VoucherRecord voucher, Address to, UInt128 amount)
    {
        tokens.Mint(token, to, amount);
        Vouchers[token] = voucher with { Outstanding = voucher.Outstanding + amount };
    }

    private void Lock(ulong lane, uint asset, UInt128 amount)
    {
        Escrows[(lane, asset)] += amount;
        Held[asset] += amount;
        HeldAssets.Add(asset);
    }

    private void Unlock(ulong lane, uint asset, Address to, UInt128 amount)
    {
        Escrows[(lane, asset)] -= amount;
        Held[asset] -= amount;
        if (asset == PacketsPolicy.Native) bank.Transfer(state.Module, to, new Amount(amount), ((UInt256)lane).ToHash256());
        else tokens.Move(asset, state.Module, to, amount);
    }

    private string DenominationOf(uint asset) => FindVoucher(asset)?.Denomination ?? PacketsPolicy.NameOf(asset);

    // The one asset of a denomination: a voucher is never called by its token's number.
    private uint AssetOf(string denomination)
    {
        if (denomination == PacketsPolicy.NameOf(PacketsPolicy.Native)) return PacketsPolicy.Native;
        uint token = TokenOf(denomination);
        if (token != 0) return token;
        int slash = denomination.LastIndexOf('/');
        bool isNumber = uint.TryParse(
            denomination.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        bool isOurs = isNumber && number != 0 && denomination == PacketsPolicy.NameOf(number) && !Vouchers.Contains(number)
            && tokens.Exists(number);
        Require(isOurs, new InvalidDenomination(PacketsPolicy.DenominationBytesMax));
        return number;
    }
}
