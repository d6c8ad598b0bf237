using Microsoft.AspNetCore.Identity;

namespace HitlReview.Core.Accounts;

/// <summary>A person who signs in, or on whose behalf programs call with an API key.</summary>
public sealed class HitlUser : IdentityUser;
