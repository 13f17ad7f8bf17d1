using System.Globalization;
using DePinChain.Client.Containers;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DePinChain.Providers.Containers;

/// <summary>A request whose signature was looked at; whether its signer may ask is still to be said.</summary>
/// <param name="Signer">Who signed; null for nobody.</param>
/// <param name="Body">What came.</param>
/// <param name="Once">The request's own number.</param>
/// <param name="Now">Seconds since 1970.</param>
internal sealed record SignedRequest(Address? Signer, byte[] Body, string Once, long Now)
{
    /// <summary>Reads a request and recovers its signer.</summary>
    /// <exception cref="ManifestRefusedException">Its time is not now.</exception>
    public static async Task<SignedRequest> ReadAsync(HttpContext context, ComputeChain chain)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        IHeaderDictionary headers = context.Request.Headers;
        string once = headers[ComputeSigning.OnceHeader].ToString();
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        bool isTimed = long.TryParse(headers[ComputeSigning.TimeHeader], NumberStyles.None, CultureInfo.InvariantCulture, out long time);
        if (!isTimed || time < now - ComputeSigning.AgeMaxSeconds || time > now + ComputeSigning.AgeMaxSeconds)
        {
            throw new ManifestRefusedException(
                "RequestTooOld", "the request's time is not now", $"{now}", isTimed ? $"{time}" : null, "set the clock right");
        }

        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Hash256 digest = ComputeSigning.RequestDigest(
            chain.Account.ChainId, chain.Provider, context.Request.Method, target, body.ToArray(), time, once);
        Address? signer = ComputeSigning.SignerOf(digest, headers[ComputeSigning.SignatureHeader]);
        return new SignedRequest(signer, body.ToArray(), once, now);
    }

    /// <summary>Nothing is done twice for one signature.</summary>
    /// <exception cref="ManifestRefusedException">It came before.</exception>
    public void RequireFirst(OnceBook used)
    {
        if (Once.Length is < 16 or > 80 || !used.TryUse(Once, Now))
            throw new ManifestRefusedException("RequestTwice", "the request came before: each is signed anew");
    }
}
