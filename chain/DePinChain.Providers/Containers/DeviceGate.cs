using System.Text.Json;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DePinChain.Providers.Containers;

/// <summary>
/// Where committees measure this provider's devices: only a member of the committee that the chain drew for a device now gets it to work.
/// </summary>
internal sealed class DeviceGate(ComputeChain chain, DeviceDesk desk, OnceBook once, ProgramLog log)
{
    private const ulong Committing = 3;

    public void Map(WebApplication application)
    {
        application.MapPost("/v1/devices/{device}/challenges", OpenAsync);
        application.MapPost("/v1/challenges/{session}/work", WorkAsync);
        application.MapPost("/v1/challenges/{session}/rounds", ShowAsync);
        application.MapPost("/v1/challenges/{session}/stream", TakeAsync);
        application.MapGet("/v1/challenges/{session}/stream", BringAsync);
        application.MapDelete("/v1/challenges/{session}", CloseAsync);
    }

    private async Task OpenAsync(HttpContext context)
    {
        if (!Hash256.TryParse(context.Request.RouteValues["device"]?.ToString(), out Hash256 device))
            throw new ManifestRefusedException("MalformedDevice", "the device is not 0x and 64 hex digits");
        SignedRequest request = await SignedRequest.ReadAsync(context, chain);
        DeviceAsk ask = JsonSerializer.Deserialize(request.Body, ComputeJson.Default.DeviceAsk) ?? throw new JsonException("it is null");
        AbiRecord? challenge = request.Signer is null ? null : await chain.FindChallengeAsync(device, context.RequestAborted);
        Address? member = challenge is not null && challenge.Count("job") == ask.Job && challenge.Address("owner") == chain.Provider
            ? await chain.FindMemberAsync(ask.Job, request.Signer!.Value, Committing, context.RequestAborted)
            : null;
        if (challenge is null || member is not { } who)
        {
            throw new ManifestRefusedException(
                "NotTheCommittee", "the request is not signed by a member of a committee that measures this device now");
        }

        request.RequireFirst(once);
        var shape = new GemmShape((int)challenge.Count("size"), (int)challenge.Count("rounds"));
        string session = desk.Open(ask.Job, who, shape, (int)challenge.Count("gpus"), challenge.Hash("seed"));
        log.Tell("measured by a committee", ("device", device), ("job", ask.Job), ("member", who));
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, new DeviceGrant(session), ComputeJson.Default.DeviceGrant, context.RequestAborted);
    }

    private async Task WorkAsync(HttpContext context)
    {
        DeviceSitting sitting = Sitting(context);
        byte[] nonce = await ReadAsync(context, Hash256.Size);
        await AnswerAsync(context, await sitting.WorkAsync(new Hash256(nonce), context.RequestAborted));
    }

    private async Task ShowAsync(HttpContext context)
    {
        DeviceSitting sitting = Sitting(context);
        byte[] wish = await ReadAsync(context, Hash256.Size + 1);
        byte[] shown = await sitting.ShowAsync(
            new Hash256(wish.AsSpan(0, Hash256.Size)), withProducts: wish[^1] == 1, context.RequestAborted);
        await AnswerAsync(context, shown);
    }

    private async Task TakeAsync(HttpContext context)
    {
        DeviceSitting sitting = Sitting(context);
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = DeviceSession.StreamBytes;
        await AnswerAsync(context, sitting.Take(await ReadAsync(context, DeviceSession.StreamBytes)));
    }

    private Task BringAsync(HttpContext context) => AnswerAsync(context, Sitting(context).Brought());

    private Task CloseAsync(HttpContext context)
    {
        desk.Close(context.Request.RouteValues["session"]?.ToString() ?? "");
        return Task.CompletedTask;
    }

    private DeviceSitting Sitting(HttpContext context) => desk.Find(context.Request.RouteValues["session"]?.ToString() ?? "");

    private static async Task<byte[]> ReadAsync(HttpContext context, int size)
    {
        byte[] body = new byte[size];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        return body;
    }

    private static Task AnswerAsync(HttpContext context, byte[] bytes)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
