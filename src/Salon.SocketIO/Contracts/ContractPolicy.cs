using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Contracts;

/// <summary>What <c>[Authorize]</c> asks of the user of a socket.</summary>
internal sealed class ContractPolicy
{
    private readonly IAuthorizationPolicyProvider _policies;
    private readonly IServiceScopeFactory _scopes;
    private readonly IAuthorizeData[] _data;
    private readonly IAuthorizationRequirement[] _requirements;

    private ContractPolicy(IServiceProvider services, IAuthorizeData[] data, IAuthorizationRequirement[] requirements)
    {
        _policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        _data = data;
        _requirements = requirements;
    }

    /// <returns><see langword="null"/> when nothing is asked.</returns>
    /// <exception cref="ArgumentException">The app has no authorization, or a scheme is asked for.</exception>
    public static ContractPolicy? For(MemberInfo member, IServiceProvider services)
    {
        IAuthorizeData[] data = [.. member.GetCustomAttributes(inherit: true).OfType<IAuthorizeData>()];

        // Attributes that are requirements themselves ask for more than a policy's name, or for something else altogether.
        IAuthorizationRequirement[] requirements =
            [.. member.GetCustomAttributes(inherit: true).OfType<IAuthorizationRequirementData>().SelectMany(static item => item.GetRequirements())];

        if (data.Length == 0 && requirements.Length == 0)
        {
            return null;
        }

        if (Array.Exists(data, static item => !string.IsNullOrEmpty(item.AuthenticationSchemes)))
        {
            throw new ArgumentException($"{Name(member)} asks for an authentication scheme. The user is the one of the handshake: authenticate there.");
        }

        return services.GetService<IAuthorizationPolicyProvider>() is null
            ? throw new ArgumentException($"{Name(member)} has [Authorize], but there is no authorization: call builder.Services.AddAuthorization().")
            : new ContractPolicy(services, data, requirements);
    }

    /// <summary>Finds out what is asked, so that a policy that does not exist is known at the start.</summary>
    public void Check() => CombineAsync().GetAwaiter().GetResult();

    /// <returns>The error code, <c>unauthorized</c> or <c>forbidden</c>; <see langword="null"/> when the user may.</returns>
    public async Task<string?> AskAsync(Socket socket)
    {
        // Policies may be made at run time, and those who make them keep them.
        if (await CombineAsync() is not { } policy)
        {
            return null;
        }

        await using var scope = _scopes.CreateAsyncScope();
        var user = socket.Handshake.User;
        var result = await scope.ServiceProvider.GetRequiredService<IAuthorizationService>().AuthorizeAsync(user, socket, policy);

        return result.Succeeded ? null : user.Identity?.IsAuthenticated == true ? "forbidden" : "unauthorized";
    }

    private async Task<AuthorizationPolicy?> CombineAsync()
    {
        var policy = await AuthorizationPolicy.CombineAsync(_policies, _data);

        if (_requirements.Length == 0)
        {
            return policy;
        }

        var own = new AuthorizationPolicyBuilder().AddRequirements(_requirements).Build();
        return policy is null ? own : AuthorizationPolicy.Combine(policy, own);
    }

    private static string Name(MemberInfo member) => member is Type type ? type.ToString() : $"{member.DeclaringType}.{member.Name}";
}
