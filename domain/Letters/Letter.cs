namespace Campaigns.Letters;
