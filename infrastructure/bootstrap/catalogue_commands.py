"""The commands on products, their pictures, sales, reviews and categories, and who decides them."""

from application import catalogue, categories, product_images, reviews, sales
from infrastructure.commandloop.batch import Handlers

CATALOGUE_COMMANDS: Handlers = {
    catalogue.WithdrawProduct: catalogue.withdraw_product,
    catalogue.RestoreProduct: catalogue.restore_product,
    sales.ScheduleSale: sales.schedule_sale,
    sales.CancelSale: sales.cancel_sale,
    sales.StartSale: sales.start_sale,
    sales.EndSale: sales.end_sale,
    categories.AddCategory: categories.add_category,
    categories.EditCategory: categories.edit_category,
    categories.CloseCategory: categories.close_category,
    categories.SettleCategory: categories.settle_category,
    reviews.ReviewProduct: reviews.review_product,
    reviews.DeleteReview: reviews.delete_review,
    product_images.AddProductImages: product_images.add_product_images,
    product_images.RemoveProductImage: product_images.remove_product_image,
}
