using System.Globalization;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>The numbers and forms of packets.</summary>
public static class PacketsPolicy
{
    /// <summary>Things one packet asks for.</summary>
    public const int PayloadsMax = 8;

    /// <summary>Bytes of a packet.</summary>
    public const int PacketBytesMax = 16_384;

    /// <summary>Packets in one call: twice what a relayer is to move in a pair of blocks.</summary>
    public const int BatchMax = 128;

    /// <summary>Seconds to the latest timeout: a week.</summary>
    public const ulong TimeoutSecondsMax = 7 * 24 * 60 * 60;

    /// <summary>Bytes of a port's name, a version, an encoding.</summary>
    public const int WordBytesMax = 32;

    /// <summary>Bytes of a denomination with all the lanes it came over.</summary>
    public const int DenominationBytesMax = 128;

    /// <summary>Bytes of the text that comes with a transfer.</summary>
    public const int MemoBytesMax = 256;

    /// <summary>Bytes of revert data that an acknowledgement carries back.</summary>
    public const int ReasonBytesMax = 512;

    /// <summary>Bytes of an acknowledgement: eight answers of 4 KiB and their heads.</summary>
    public const int AcknowledgementBytesMax = 36_864;

    /// <summary>Lanes there may be.</summary>
    public const ulong LanesMax = 512;

    /// <summary>
    /// Vouchers of one lane. All lanes together stay below the 57,343 tokens there may be: no hostile network fills the ledger.
    /// </summary>
    public const uint VouchersPerLaneMax = 64;

    /// <summary>Sequences that one question for outstanding packets walks over.</summary>
    public const int WalkMax = 1_000;

    /// <summary>Gas of a byte of a proof or a packet: decoding and hashing.</summary>
    public const ulong GasPerByte = LightClientsPolicy.GasPerByte;

    /// <summary>Blocks over which what a lane moves is counted: a day of blocks of 12 s.</summary>
    public const ulong WindowBlocks = 7_200;

    /// <summary>The number that stands for DPN.</summary>
    public const uint Native = 0;

    /// <summary>The port of coins.</summary>
    public const string TransferPort = "transfer";

    /// <summary>The port of questions.</summary>
    public const string QueryPort = "query";

    /// <summary>The port of orders for leases.</summary>
    public const string OrderPort = "order";

    /// <summary>Bytes of an order's calldata: with coins and signature it fits a packet.</summary>
    public const int OrderBytesMax = 12_288;

    /// <summary>Version of what the ports say.</summary>
    public const string Version = "1";

    /// <summary>How the ports' bodies are written.</summary>
    public const string Encoding = "rlp";

    /// <summary>What opening a lane costs; it goes to the community pool.</summary>
    public static Amount LaneFee => Amount.FromDpn(100);

    /// <summary>DPN that may come back over one lane in a window unless governance says otherwise.</summary>
    public static Amount ReleaseMax => Amount.FromDpn(1_000_000);

    /// <summary>What a denomination that leaves over a lane begins with on the other side (ICS-20's trace).</summary>
    public static string TraceOf(ulong lane) => string.Create(CultureInfo.InvariantCulture, $"{TransferPort}/{lane}/");

    /// <summary>What a token of this chain is called on the wire.</summary>
    public static string NameOf(uint token) =>
        token == Native ? "dpn" : string.Create(CultureInfo.InvariantCulture, $"token/{token}");

    /// <summary>keccak of a denomination: its key.</summary>
    public static Hash256 KeyOf(string denomination) => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(denomination));

    /// <summary>
    /// What a tenant signs to order on another network: EIP-712, domain "DePinChain Packets", version 1, of the network that opens the
    /// order.
    /// </summary>
    /// <param name="chainId">That network's.</param>
    /// <param name="lane">The lane's number there.</param>
    /// <param name="tenant">Who orders.</param>
    /// <param name="order">keccak of the calldata.</param>
    /// <param name="expiresAt">Unix seconds from which it does not count.</param>
    public static Hash256 OrderDigestOf(ulong chainId, ulong lane, Address tenant, in Hash256 order, ulong expiresAt) =>
        SignedStruct.Of("RemoteOrder(uint64 lane,address tenant,bytes32 order,uint64 expiresAt)")
            .Add(lane).Add(tenant).Add(order).Add(expiresAt)
            .DigestFor("DePinChain Packets", chainId, WellKnownAddresses.Packets);

    /// <summary>Letters, digits, '/' and '-'.</summary>
    public static bool IsDenomination(string text)
    {
        foreach (char letter in text)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('/' or '-')) return false;
        return text.Length is > 0 and <= DenominationBytesMax;
    }

    /// <summary>A voucher's symbol says what it is: never the same as the token's own.</summary>
    public static string VoucherSymbol(string symbol) => $"v{(symbol.Length > 10 ? symbol[..10] : symbol)}";

    /// <summary>A voucher's name says over which lane it came.</summary>
    public static string VoucherName(string symbol, ulong lane) =>
        string.Create(CultureInfo.InvariantCulture, $"{symbol} of lane {lane}");

    /// <summary>Printable ASCII of at most <see cref="MemoBytesMax"/> bytes.</summary>
    public static bool IsMemo(string memo)
    {
        foreach (char letter in memo)
            if (letter is < ' ' or > '~') return false;
        return memo.Length <= MemoBytesMax;
    }
}
