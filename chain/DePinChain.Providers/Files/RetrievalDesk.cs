using System.Globalization;
using System.Text.Json;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Primitives;

namespace DePinChain.Providers.Files;

/// <summary>
/// Payment for what is fetched. A client may be one chunk ahead of its vouchers; each voucher carries its lane's whole sum, the best one
/// is on disk before the chunk goes out, and what is worth a transaction is redeemed.
/// </summary>
internal sealed class RetrievalDesk(StorageChain chain, AgentHome home, UInt128 weiPerMiB, ProgramLog log)
{
    private const ulong MiB = 1UL << 20;

    // Redeemed once this much has come together, or when the channel closes: a redemption costs about 60,000 gas.
    private static readonly UInt128 RedeemFrom = Amount.Parse("0.01").Wei;

    private readonly Dictionary<(ulong Channel, ulong Lane), LaneNote> _lanes = Load(home);
    private readonly Lock _gate = new();

    private readonly CreditStarts _credits = new(TimeProvider.System);

    public bool IsFree => weiPerMiB == UInt128.Zero;

    /// <summary>Takes payment for the next bytes of a lane.</summary>
    /// <param name="voucher">What came with the request.</param>
    /// <param name="bytes">What will go out.</param>
    /// <param name="origin">Whose machine asks.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="UploadRefusedException">The voucher does not pay for what went out before.</exception>
    public async Task ChargeAsync(VoucherNote? voucher, ulong bytes, string origin, CancellationToken cancellation)
    {
        if (IsFree) return;
        if (voucher?.Wei is not { } sum)
        {
            throw new UploadRefusedException(
                "VoucherNeeded", "this provider is paid for what it serves", $"{weiPerMiB} wei for a MiB", "no voucher",
                "open a payment channel to the provider's owner and send vouchers");
        }

        LaneNote lane = Find(voucher) ?? LaneNote.New(voucher);
        bool isNewer = sum > lane.Sum && voucher.Nonce > lane.Voucher.Nonce;
        if (isNewer) lane = await CheckedAsync(lane, voucher, sum, cancellation);
        lock (_gate)
        {
            // Another request of the lane may have come between: what it was served counts too.
            LaneNote now = _lanes.GetValueOrDefault((voucher.Channel, voucher.Lane)) ?? lane;
            if (isNewer && sum > now.Sum) now = lane with { ServedBytes = now.ServedBytes, RedeemedWei = now.RedeemedWei };
            if (now is { Payer: "", ServedBytes: 0 }) RequireCredit(origin);
            UInt128 owed = PriceOf(now.ServedBytes);
            if (now.Sum < owed)
            {
                throw new UploadRefusedException(
                    "VoucherTooLow", "the lane's vouchers do not pay for what it has served", $"{owed}", $"{now.Sum}",
                    "sign a voucher with the lane's whole sum");
            }

            now = now with { ServedBytes = now.ServedBytes + bytes };
            _lanes[(voucher.Channel, voucher.Lane)] = now;
            if (isNewer) Save(now);
        }
    }

    // What began on credit and was never paid is forgotten with its origins, so neither list grows without end.
    private void RequireCredit(string origin)
    {
        if (!_credits.TryBegin(origin, out bool isForgotten))
        {
            throw new UploadRefusedException(
                "VoucherNeeded", "too many lanes were begun from there without a voucher that is worth something",
                $"{weiPerMiB} wei for a MiB", $"{CreditStarts.StartsMax} first chunks in {CreditStarts.Span.TotalMinutes:0} minutes",
                "sign vouchers on the lanes that were begun");
        }

        if (!isForgotten) return;
        foreach ((ulong, ulong) key in _lanes.Where(static one => one.Value.Payer.Length == 0).Select(static one => one.Key).ToList())
            _lanes.Remove(key);
    }

    /// <summary>Redeems what has come together; everything of channels that close.</summary>
    public async Task RedeemAsync(CancellationToken cancellation)
    {
        LaneNote[] lanes;
        lock (_gate) lanes = [.. _lanes.Values.Where(static lane => lane.Sum > lane.Redeemed)];
        foreach (IGrouping<ulong, LaneNote> channel in lanes.GroupBy(static lane => lane.Voucher.Channel))
        {
            AbiRecord record = await chain.Channels.RecordAsync("getChannel", cancellation, (UInt256)channel.Key);
            UInt128 worth = UInt128.Zero;
            foreach (LaneNote lane in channel) worth += lane.Sum - lane.Redeemed;
            if (worth < RedeemFrom && record.Count("settlesAt") == 0) continue;
            foreach (LaneNote lane in channel) await RedeemAsync(lane, cancellation);
        }
    }

    private async Task RedeemAsync(LaneNote lane, CancellationToken cancellation)
    {
        VoucherNote note = lane.Voucher;
        object?[] voucher =
        [
            (UInt256)note.Channel, (UInt256)note.Lane, (UInt256)note.Nonce, (UInt256)lane.Sum, UInt256.Zero, UInt256.Zero, UInt256.Zero,
            new byte[Hash256.Size], new byte[Hash256.Size],
        ];
        object?[] vouchers = [voucher];
        object?[] signatures = [Hex.Decode(note.Signature)];
        object?[] secrets = [Array.Empty<byte>()];
        try
        {
            await chain.SendAsync(
                chain.Channels.Plan("redeem", Amount.Zero, (UInt256)note.Channel, vouchers, signatures, secrets), cancellation);
            lock (_gate)
            {
                LaneNote now = _lanes[(note.Channel, note.Lane)] with { RedeemedWei = lane.Sum.ToString(CultureInfo.InvariantCulture) };
                _lanes[(note.Channel, note.Lane)] = now;
                Save(now);
            }

            log.Tell("redeemed", ("channel", note.Channel), ("lane", note.Lane), ("wei", lane.Sum));
        }
        catch (NodeRefusedException refused)
        {
            log.Warn($"a voucher of channel {note.Channel} was refused: {chain.Words(refused)}");
        }
    }

    private LaneNote? Find(VoucherNote voucher)
    {
        lock (_gate) return _lanes.GetValueOrDefault((voucher.Channel, voucher.Lane));
    }

    // The channel must pay this agent, be open and cover the sum; its payer, or the payer's session key, must have signed.
    private async Task<LaneNote> CheckedAsync(LaneNote lane, VoucherNote voucher, UInt128 sum, CancellationToken cancellation)
    {
        Address? signer = voucher.SignerOn(chain.ChainId, chain.Channels.Address);
        if (lane.Payer == signer?.ToString() && sum <= lane.LimitWei) return lane with { Voucher = voucher };
        AbiRecord record;
        try
        {
            record = await chain.Channels.RecordAsync("getChannel", cancellation, (UInt256)voucher.Channel);
        }
        catch (NodeRefusedException refused)
        {
            throw new UploadRefusedException("ChannelRefused", $"channel {voucher.Channel} cannot pay: {chain.Words(refused)}");
        }

        bool isSession = record.Address("sessionKey") is { IsZero: false } session && session == signer;
        UInt128 left = (UInt128)(record.Number("funded") - record.Number("redeemed")) + lane.Redeemed;
        string? fault = record.Address("to") != chain.Agent ? $"it pays {record.Address("to")}, not the agent {chain.Agent}"
            : record.Count("settlesAt") != 0 ? "it is closing"
            : record.Number("token") != UInt256.Zero ? "it pays in another token than DPN"
            : signer != record.Address("from") && !isSession ? "its payer did not sign the voucher"
            : left < sum ? $"it holds {left} wei for the lane, the voucher says {sum}"
            : null;
        if (fault is not null) throw new UploadRefusedException("ChannelRefused", $"channel {voucher.Channel} cannot pay: {fault}");
        return lane with
        {
            Voucher = voucher,
            Payer = signer!.Value.ToString(), // somebody signed, or it was refused above
            Limit = left.ToString(CultureInfo.InvariantCulture),
        };
    }

    private UInt128 PriceOf(ulong bytes) => (UInt128)UInt256.MulDiv(weiPerMiB, bytes, MiB, Rounding.Up);

    private void Save(LaneNote lane) => AgentHome.Replace(
        Path.Combine(home.LanesPath, string.Create(CultureInfo.InvariantCulture, $"{lane.Voucher.Channel}-{lane.Voucher.Lane}.json")),
        JsonSerializer.SerializeToUtf8Bytes(lane, AgentJson.Default.LaneNote));

    private static LaneNote? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), AgentJson.Default.LaneNote);
        }
        catch (JsonException damaged)
        {
            throw new ExitException(
                ExitException.LocalState, $"{file} holds what a client owes and cannot be read ({damaged.Message}); restore or remove it.");
        }
    }

    private static Dictionary<(ulong Channel, ulong Lane), LaneNote> Load(AgentHome home)
    {
        Directory.CreateDirectory(home.LanesPath);
        return Directory.EnumerateFiles(home.LanesPath, "*.json")
            .Select(Read)
            .OfType<LaneNote>()
            .ToDictionary(static lane => (lane.Voucher.Channel, lane.Voucher.Lane));
    }
}

/// <summary>What the agent keeps of a lane.</summary>
/// <param name="Voucher">Its best voucher.</param>
/// <param name="ServedBytes">What went out.</param>
/// <param name="RedeemedWei">What was redeemed.</param>
/// <param name="Payer">Who signs its vouchers; empty before the first.</param>
/// <param name="Limit">The sum up to which the channel was seen to hold.</param>
internal sealed record LaneNote(VoucherNote Voucher, ulong ServedBytes, string RedeemedWei, string Payer, string Limit)
{
    public static LaneNote New(VoucherNote voucher) => new(voucher with { Nonce = 0, Amount = "0" }, 0, "0", "", "0");

    public UInt128 Sum => Voucher.Wei ?? UInt128.Zero;

    public UInt128 Redeemed => UInt128.Parse(RedeemedWei, CultureInfo.InvariantCulture);

    public UInt128 LimitWei => UInt128.Parse(Limit, CultureInfo.InvariantCulture);
}
