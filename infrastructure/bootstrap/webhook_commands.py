"""Commands on webhooks, and who decides them."""

from application import webhooks
from infrastructure.commandloop.batch import Handlers

WEBHOOK_COMMANDS: Handlers = {
    webhooks.RegisterWebhook: webhooks.register_webhook,
    webhooks.EditWebhook: webhooks.edit_webhook,
    webhooks.ReplayWebhook: webhooks.replay_webhook,
    webhooks.DeleteWebhook: webhooks.delete_webhook,
    webhooks.GiveUpWebhook: webhooks.give_up_webhook,
}
