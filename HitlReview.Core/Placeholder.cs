namespace HitlReview.Core;
