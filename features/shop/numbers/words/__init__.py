"""The definitions of the shop's numbers in English and Chinese, by what they are about."""
