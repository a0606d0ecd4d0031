from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mitstadt.accounts"
    label = "accounts"
