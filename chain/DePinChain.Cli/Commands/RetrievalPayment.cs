using System.Globalization;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>Pays a provider chunk by chunk: a channel for the whole piece, and with each request a voucher for what has come.</summary>
internal sealed class RetrievalPayment
{
    private const ulong MiB = 1UL << 20;
    private readonly StorageDesk _desk;
    private readonly ulong _channel;
    private readonly UInt128 _weiPerMiB;
    private readonly PieceCid _piece;

    private RetrievalPayment(StorageDesk desk, ulong channel, UInt128 weiPerMiB, PieceCid piece) =>
        (_desk, _channel, _weiPerMiB, _piece) = (desk, channel, weiPerMiB, piece);

    /// <summary>Opens a channel when the provider wants to be paid; null when it serves for nothing.</summary>
    public static async Task<RetrievalPayment?> OpenAsync(
        Session session, StorageDesk desk, ProviderTerms terms, PieceCid piece, CancellationToken cancellation)
    {
        if (!UInt128.TryParse(terms.RetrievalWeiPerMiB, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 price)
            || price == UInt128.Zero)
            return null;
        var amount = new Amount(PriceOf(price, piece.RawSize));
        Address payee = Address.Parse(terms.Payee);
        Confirmation.Ask(session, "fetch", [("price", $"at most {amount}, put into a payment channel to {payee}")]);
        ulong delay = desk.Parameters.Count("paymentChannels", "settleDelayMin");
        ulong block = await desk.SendAsync(
            desk.Channels.Plan("open", amount, payee, Address.Zero, amount.ToUInt256(), (UInt256)delay), cancellation);
        IReadOnlyList<ModuleLog> opened = await desk.Channels.LogsAsync(
            "ChannelOpened", block, block, cancellation, null, LogTopic.Of(desk.Key.Address));
        return new RetrievalPayment(desk, opened[^1].Values.Count("channel"), price, piece);
    }

    /// <summary>What goes with the request for a chunk: payment for all before it.</summary>
    /// <param name="before">Chunks that came over this channel.</param>
    public VoucherNote VoucherFor(ulong before) => VoucherNote.Sign(
        _desk.Key, _desk.ChainId, _desk.Channels.Address, _channel, 0, before + 1,
        UInt128.Max(PriceOf(_weiPerMiB, Math.Min(before * ChunkLayout.ChunkSize, _piece.RawSize)), UInt128.One));

    /// <summary>Pays for the last chunk too, and begins to close the channel: what is left comes back after its delay.</summary>
    public async Task FinishAsync(ProviderLink link, PieceCid piece, CancellationToken cancellation)
    {
        ulong count = ChunkLayout.CountOf(piece);
        await link.PayAsync(VoucherFor(count), cancellation);
        await _desk.SendAsync(_desk.Channels.Plan("settle", Amount.Zero, (UInt256)_channel), cancellation);
    }

    private static UInt128 PriceOf(UInt128 weiPerMiB, ulong bytes) => (UInt128)UInt256.MulDiv(weiPerMiB, bytes, MiB, Rounding.Up);
}
