using System.Text.Json.Serialization;

namespace DePinChain.Client.Files;

/// <summary>What a provider says of itself, at <c>/v1/terms</c>.</summary>
/// <param name="ProviderId">Its number on the chain.</param>
/// <param name="ChainId">Of which chain.</param>
/// <param name="FreeBytes">Room it has left.</param>
/// <param name="PieceBytesMax">The largest piece it takes.</param>
/// <param name="TakesDeals">False while it is under maintenance or full.</param>
/// <param name="RetrievalWeiPerMiB">What a MiB costs to fetch; 0 for nothing.</param>
/// <param name="Payee">Whom a payment channel for that must pay.</param>
public sealed record ProviderTerms(
    ulong ProviderId, ulong ChainId, ulong FreeBytes, ulong PieceBytesMax, bool TakesDeals, string RetrievalWeiPerMiB, string Payee);

/// <summary>How far an upload has come, at <c>/v1/uploads/CID</c>.</summary>
/// <param name="Received">Bytes that are safe on the provider's disk.</param>
/// <param name="Size">Bytes of the piece.</param>
/// <param name="Complete">Whether all came and are the piece.</param>
public sealed record UploadState(ulong Received, ulong Size, bool Complete);

/// <summary>A refusal of a provider.</summary>
/// <param name="Error">Its name.</param>
/// <param name="Message">In words.</param>
/// <param name="Needed">What was needed.</param>
/// <param name="Had">What there was.</param>
/// <param name="Hint">What to do.</param>
public sealed record ProviderRefusal(string Error, string Message, string? Needed = null, string? Had = null, string? Hint = null);

/// <summary>A client's wish to move a deal's end, at <c>/v1/extensions</c>.</summary>
/// <param name="DealId">The deal.</param>
/// <param name="EndBlock">Its new end.</param>
/// <param name="PricePerBlock">Its new price in wei, decimal.</param>
/// <param name="Signature">The client's, over EIP-712 DealExtension, in hex.</param>
public sealed record ExtensionWish(ulong DealId, ulong EndBlock, string PricePerBlock, string Signature);

/// <summary>The messages between clients and providers as JSON: camel case, unknown keys ignored so that either side may be
/// newer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProviderTerms))]
[JsonSerializable(typeof(UploadState))]
[JsonSerializable(typeof(ProviderRefusal))]
[JsonSerializable(typeof(ExtensionWish))]
[JsonSerializable(typeof(VoucherNote))]
public sealed partial class ProviderJson : JsonSerializerContext;
